import { hex, pick } from "../../../traffic.ts";
import type { Family, Kind } from "../family.ts";
import { among, between, chars, oneOf, skewed } from "../values.ts";

/** The alphabet of generated Kubernetes names: without vowels and look-alikes, so hashes never look like hex. */
const SAFE = "bcdfghjklmnpqrstvwxz2456789";
const LOWER = "abcdefghijklmnopqrstuvwxyz0123456789";
const APPS = [
  "checkout",
  "payments-api",
  "web",
  "search-indexer",
  "user-profile-svc",
  "orders2",
  "ingress-nginx-controller",
  "coredns",
  "frontend-v2",
  "mailer",
  "img-resize",
  "fluent-bit",
];
const NAMESPACES = [
  "default",
  "kube-system",
  "prod",
  "staging",
  "team-a",
  "monitoring",
  "argocd",
  "cert-manager",
  "acme-eu",
  "data_platform",
  "ingress",
];

const two = (value: number): string => String(value).padStart(2, "0");

const app = among(...APPS);
const namespace = oneOf(
  among(...NAMESPACES),
  among(...NAMESPACES),
  (random) => `pr-${between(random, 7, 4210)}`,
  (random) => `tenant-${chars(random, 6, LOWER)}`,
);
const replicaSet: Kind = (random) => `${app(random)}-${chars(random, between(random, 8, 10), SAFE)}`;
const job: Kind = oneOf(
  (random) => `nightly-report-${between(random, 28_000_000, 29_400_000)}`,
  (random) => `db-backup-${between(random, 28_000_000, 29_400_000)}`,
  (random) => `migrate-${hex(random, 7)}`,
  (random) => `${app(random)}-import-${between(random, 1, 99)}`,
);
const pod = oneOf(
  (random) => `${replicaSet(random)}-${chars(random, 5, SAFE)}`,
  (random) => `${replicaSet(random)}-${chars(random, 5, SAFE)}`,
  (random) => `${pick(random, ["postgres", "redis-master", "kafka", "es-data-hot"])}-${between(random, 0, 11)}`,
  (random) => `${pick(random, ["node-exporter", "cilium", "aws-node"])}-${chars(random, 5, SAFE)}`,
  (random) => `${job(random)}-${chars(random, 5, SAFE)}`,
);
const node = oneOf(
  (random) =>
    `ip-10-${between(random, 0, 255)}-${between(random, 0, 255)}-${between(random, 0, 255)}.${pick(random, ["eu-west-1", "us-east-2"])}.compute.internal`,
  (random) => `gke-${pick(random, ["prod", "dev-2"])}-default-pool-${hex(random, 8)}-${chars(random, 4, LOWER)}`,
  (random) => `aks-nodepool1-${between(random, 10_000_000, 49_999_999)}-vmss00000${chars(random, 1, LOWER)}`,
  (random) => `worker-${between(random, 1, 40)}`,
  (random) => `k8s${two(between(random, 1, 30))}.dc${between(random, 1, 3)}.example.net`,
);
const digest: Kind = (random) => `sha256:${hex(random, 64)}`;
const tag = oneOf(
  (random) => `${between(random, 0, 8)}.${between(random, 0, 29)}.${between(random, 0, 19)}`,
  (random) =>
    `v${between(random, 0, 3)}.${between(random, 0, 29)}.${between(random, 0, 8)}-rc.${between(random, 1, 5)}`,
  among("latest", "3.19-alpine", "main", "bookworm-slim"),
  (random) => hex(random, 7),
  (random) => `main-${hex(random, 8)}-${between(random, 1_700_000_000, 1_750_000_000)}`,
);
const image = oneOf(
  (random) => `nginx:${tag(random)}`,
  (random) => `registry.k8s.io/${pick(random, ["pause", "coredns/coredns", "kube-proxy"])}:${tag(random)}`,
  (random) => `ghcr.io/acme/${app(random)}:${tag(random)}`,
  (random) =>
    `${between(random, 100_000_000_000, 999_999_999_999)}.dkr.ecr.eu-west-1.amazonaws.com/${app(random)}:${tag(random)}`,
  (random) => `europe-docker.pkg.dev/acme-prod-${between(random, 1000, 9999)}/apps/${app(random)}@${digest(random)}`,
  (random) => `registry.local:5000/${app(random)}`,
);
const container = oneOf(
  among("app", "web", "istio-proxy", "nginx", "sidecar", "init-db", "wait-for-it", "otel-agent"),
  app,
  (random) => `worker-${between(random, 0, 8)}`,
);
/** Durations as Go prints them. */
const took = oneOf(
  (random) => `${between(random, 1, 59)}.${between(random, 1, 999_999_999)}s`,
  (random) => `${between(random, 1, 999)}.${between(random, 100, 999)}ms`,
  (random) => `${between(random, 1, 900)}.${between(random, 1, 99)}µs`,
  (random) => `${between(random, 1, 9)}m${between(random, 0, 59)}.${between(random, 1, 99)}s`,
);
const iso: Kind = (random) =>
  `2025-${two(between(random, 1, 12))}-${two(between(random, 1, 28))}T${two(between(random, 0, 23))}:${two(between(random, 0, 59))}:${two(between(random, 0, 59))}${pick(random, ["Z", `.${between(random, 100, 999)}Z`, `.${between(random, 100_000, 999_999)}Z`])}`;
const quantity = oneOf(
  (random) => `${pick(random, [64, 100, 128, 256, 512])}Mi`,
  (random) => `${between(random, 1, 32)}Gi`,
  (random) => `${between(random, 1, 5)}${between(random, 100, 999)}m`,
  (random) => String(between(random, 100_000_000, 9_000_000_000)),
);
const kibi: Kind = (random) => `${between(random, 900, 33_000_000)}Ki`;
const volume = oneOf(
  among("data", "config", "tls-certs", "shared-tmp", "secrets-store-inline"),
  (random) => `kube-api-access-${chars(random, 5, SAFE)}`,
  (random) => `${app(random)}-config`,
);
const uid: Kind = (random) =>
  `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-${pick(random, ["8", "9", "a", "b"])}${hex(random, 3)}-${hex(random, 12)}`;
const pv: Kind = (random) => `pvc-${uid(random)}`;
const domain = oneOf(
  (random) => `${app(random)}.${namespace(random)}.svc.cluster.local`,
  (random) => `${pick(random, ["api", "www", "grafana", "shop-eu"])}.example.com`,
  (random) => `pr-${between(random, 2, 990)}.preview.acme.dev`,
  (random) => `*.${pick(random, ["acme.io", "apps.example.org"])}`,
);
const revision = oneOf(
  (random) => `main@sha1:${hex(random, 40)}`,
  (random) => `release/${between(random, 0, 8)}.${between(random, 0, 19)}@sha1:${hex(random, 40)}`,
  (random) => `latest@sha256:${hex(random, 64)}`,
);
const inNamespace =
  (name: Kind): Kind =>
  (random) =>
    `${namespace(random)}/${name(random)}`;

/** What kubelets, control planes, add-ons and operators write; klog headers are taken off. */
export const KUBERNETES: Family = {
  name: "kubernetes",
  kinds: {
    // These programs print integers without separators.
    count: (random) => String(skewed(random, 1_000_000)),
    ms: (random) => String(skewed(random, 60_000)),
    badstatus: among("400", "401", "403", "404", "429", "500", "502", "503", "504"),
    namespace,
    pod,
    podref: inNamespace(pod),
    pods: (random) => Array.from({ length: between(random, 1, 4) }, () => pod(random)).join(", "),
    podlist: (random) => `[${Array.from({ length: between(random, 1, 4) }, () => pod(random)).join(" ")}]`,
    node,
    image,
    digest,
    container,
    containerid: (random) => hex(random, 64),
    uid,
    deployment: app,
    deployref: inNamespace(app),
    replicaset: replicaSet,
    replicasetref: inNamespace(replicaSet),
    job,
    serviceref: inNamespace(app),
    ingressref: inNamespace(oneOf(app, (random) => `${app(random)}-public`)),
    secret: oneOf(
      (random) => `${app(random)}-tls`,
      (random) => `sh.helm.release.v1.${app(random)}.v${between(random, 1, 80)}`,
      among("regcred", "db-credentials", "stripe-keys"),
    ),
    configmap: oneOf(
      (random) => `${app(random)}-config`,
      (random) => `${app(random)}-env-${chars(random, 10, SAFE)}`,
      among("kube-root-ca.crt", "coredns"),
    ),
    account: oneOf(app, among("default", "ci-deployer", "external-dns", "prometheus-k8s")),
    volume,
    volumes: (random) => Array.from({ length: between(random, 2, 5) }, () => volume(random)).join(" "),
    pv,
    claim: oneOf(
      (random) => `data-postgres-${between(random, 0, 8)}`,
      (random) => `${app(random)}-uploads`,
      (random) => `www-web-${between(random, 0, 3)}`,
    ),
    storageclass: among("gp3", "standard-rwo", "managed-csi", "rook-ceph-block", "local-path", "premium-rwo"),
    ebs: (random) => `vol-0${hex(random, 16)}`,
    instance: (random) => `i-0${hex(random, 16)}`,
    took,
    age: oneOf(took, (random) => `${between(random, 1, 47)}h${between(random, 0, 59)}m${between(random, 0, 59)}s`),
    pid: (random) => String(between(random, 2, 4_194_304)),
    backoff: among("10s", "20s", "40s", "1m20s", "2m40s", "5m0s"),
    interval: among("1m0s", "5m0s", "10m0s", "30s", "1h0m0s"),
    iso,
    quantity,
    kibi,
    domain,
    revision,
    commit: oneOf(
      (random) => hex(random, 40),
      (random) => hex(random, 7),
      (random) => `v${between(random, 0, 4)}.${between(random, 0, 19)}.${between(random, 0, 11)}`,
    ),
    subject: among(
      "fix: typo in values",
      "Merge pull request #842 from acme/bump-redis",
      "chore(deps): update nginx to 1.27.3",
      "scale up workers",
      'Revert \\"new ingress\\"',
    ),
    application: oneOf(app, (random) => `${app(random)}-${pick(random, ["prod", "eu", "stg", "pr-17"])}`),
    chart: oneOf(
      (random) => `redis-${between(random, 15, 20)}.${between(random, 0, 8)}.${between(random, 0, 19)}`,
      (random) => `acme/${app(random)}`,
      (random) => `${app(random)}-0.${between(random, 0, 39)}.0`,
    ),
    certrequest: (random) => `${app(random)}-tls-${pick(random, ["1", "2", chars(random, 5, SAFE)])}`,
    groupsize: (random) =>
      `${pick(random, ["eks-workers-a-20240311", "spot-m5", "nodepool-1"])} ${between(random, 1, 5)}->${between(random, 6, 19)}`,
    nodegroup: oneOf(
      (random) => `eks-ng-${chars(random, 8, LOWER)}-${hex(random, 8)}`,
      among("spot-m5-large", "nodepool-1", "gpu_a10"),
      (random) =>
        `https://www.googleapis.com/compute/v1/projects/acme-${between(random, 0, 98)}/zones/europe-west1-b/instanceGroups/gke-${hex(random, 8)}-grp`,
    ),
    zone: (random) => `Z0${chars(random, 18, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")}`,
    lease: among(
      "kube-scheduler",
      "ingress-nginx-leader",
      "4c28796a.acme.io",
      "cert-manager-controller",
      "snapshot-lock",
    ),
    leaseholder: (random) => `${pod(random)}_${uid(random)}`,
    client: among(
      "kubectl/v1.29.3 (linux/amd64) kubernetes/6813625",
      "Go-http-client/2.0",
      "kube-controller-manager/v1.30.1 (linux/arm64) kubernetes/6911225/leader-election",
      "argocd-application-controller/v0.0.0 (linux/amd64) kubernetes/$Format",
      "Lens/6.4",
    ),
    apigroup: among(
      "apps",
      "batch",
      "cert-manager.io",
      "autoscaling",
      "monitoring.coreos.com",
      "snapshot.storage.k8s.io",
    ),
    process: among("java", "node", "python3.11", "postgres", "ruby", "gunicorn: work", "dotnet"),
    kb: (random) => String(pick(random, [0, between(random, 4, 9999), between(random, 100_000, 9_999_999)])),
    big: (random) => String(between(random, 1000, 2_147_483_646)),
    instancetype: among("m5.large", "c6g.2xlarge", "t3a.medium", "r5.xlarge", "g4dn.xlarge"),
    seconds: (random) => `0.${String(between(random, 1, 999_999_999)).padStart(9, "0")}`,
    caller: (random) => `/usr/local/go/src/runtime/panic.go:${between(random, 100, 900)}`,
  },
  statements: [
    // Kubelet.
    '"SyncLoop (PLEG): event for pod" pod="<podref>" event={"ID":"<uid>","Type":"ContainerStarted","Data":"<containerid>"}',
    '"SyncLoop (PLEG): event for pod" pod="<podref>" event={"ID":"<uid>","Type":"ContainerDied","Data":"<containerid>"}',
    '"Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"<container>\\" with CrashLoopBackOff: \\"back-off <backoff> restarting failed container=<container> pod=<pod>_<namespace>(<uid>)\\"" pod="<podref>" podUID="<uid>"',
    '"Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"<container>\\" with ImagePullBackOff: \\"Back-off pulling image \\\\\\"<image>\\\\\\"\\"" pod="<podref>" podUID="<uid>"',
    '"Probe failed" probeType="Liveness" pod="<podref>" podUID="<uid>" containerName="<container>" probeResult="failure" output="Get \\"http://<ip>:<port>/live\\": dial tcp <ip>:<port>: connect: connection refused"',
    '"Failed to update lease" err="Put \\"https://<ip>:<port>/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/<node>?timeout=10s\\": net/http: request canceled (Client.Timeout exceeded while awaiting headers)"',
    '"Observed pod startup duration" pod="<podref>" podStartSLOduration=<seconds> podStartE2EDuration="<took>" podCreationTimestamp="<iso>" firstStartedPulling="<iso>" lastFinishedPulling="<iso>"',
    '"Cleaned up orphaned pod volumes dir" podUID="<uid>" path="/var/lib/kubelet/pods/<uid>/volumes"',
    '"Image garbage collection: removing image to free bytes" imageID="<digest>" size=<big>',
    "Memory cgroup out of memory: Killed process <pid> (<process>) total-vm:<kb>kB, anon-rss:<kb>kB, file-rss:<kb>kB, shmem-rss:<kb>kB, UID:<count> pgtables:<kb>kB oom_score_adj:<small>",
    "The node was low on resource: memory. Threshold quantity: <quantity>, available: <kibi>. Container <container> was using <kibi>, request is <quantity>, has larger consumption of memory.",
    "The node was low on resource: ephemeral-storage. Threshold quantity: <quantity>, available: <kibi>. Container <container> was using <kibi>, request is <quantity>, has larger consumption of ephemeral-storage.",
    // Events.
    "Back-off restarting failed container <container> in pod <pod>_<namespace>(<uid>)",
    "Readiness probe failed: HTTP probe failed with statuscode: <badstatus>",
    "Liveness probe failed: HTTP probe failed with statuscode: <badstatus>",
    'Readiness probe failed: Get "http://<ip>:<port>/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    "Readiness probe failed: dial tcp <ip>:<port>: connect: connection refused",
    "Startup probe failed: dial tcp <ip>:<port>: i/o timeout",
    "Container <container> failed liveness probe, will be restarted",
    "Successfully assigned <podref> to <node>",
    "0/<small> nodes are available: <small> Insufficient cpu. preemption: 0/<small> nodes are available: <small> No preemption victims found for incoming pod.",
    "0/<small> nodes are available: <small> Insufficient memory. preemption: 0/<small> nodes are available: <small> No preemption victims found for incoming pod.",
    "0/<small> nodes are available: <small> node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, <small> node(s) didn't match Pod's node affinity/selector.",
    'Pulling image "<image>"',
    [
      'Successfully pulled image "<image>" in <took>',
      'Successfully pulled image "<image>" in <took> (<took> including waiting)',
      'Successfully pulled image "<image>" in <took> (<took> including waiting). Image size: <big> bytes.',
    ],
    'Failed to pull image "<image>": rpc error: code = NotFound desc = failed to pull and unpack image "<image>": failed to resolve reference "<image>": not found',
    'Failed to pull image "<image>": rpc error: code = Unknown desc = failed to pull and unpack image "<image>": failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized',
    'Container image "<image>" already present on machine',
    "Created container <container>",
    "Started container <container>",
    "Stopping container <container>",
    "Scaled up replica set <replicaset> to <small> from <small>",
    "Scaled down replica set <replicaset> to <small> from <small>",
    "New size: <small>; reason: cpu resource utilization (percentage of request) above target",
    "New size: <small>; reason: All metrics below target",
    "failed to get memory utilization: missing request for memory in container <container> of Pod <pod>",
    "Created pod: <pod>",
    "Deleted pod: <pod>",
    "Saw completed job: <job>, condition: Complete",
    "Saw completed job: <job>, condition: Failed",
    "Node <node> status is now: NodeNotReady",
    "Node <node> status is now: NodeHasDiskPressure",
    // Volumes and networks.
    'MountVolume.SetUp failed for volume "<volume>" : secret "<secret>" not found',
    'MountVolume.SetUp failed for volume "<volume>" : configmap "<configmap>" not found',
    "Unable to attach or mount volumes: unmounted volumes=[<volume>], unattached volumes=[<volumes>]: timed out waiting for the condition",
    'Multi-Attach error for volume "<pv>" Volume is already used by pod(s) <pods>',
    'AttachVolume.Attach failed for volume "<pv>" : rpc error: code = DeadlineExceeded desc = context deadline exceeded',
    'AttachVolume.Attach failed for volume "<pv>" : rpc error: code = Internal desc = Could not attach volume "<ebs>" to node "<instance>": attachment of disk failed, expected device to be attached but was attaching',
    'failed to provision volume with StorageClass "<storageclass>": rpc error: code = ResourceExhausted desc = quota exceeded for claim <claim>, requested <quantity>',
    "Successfully provisioned volume <pv>",
    'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "<containerid>": plugin type="calico" failed (add): error getting ClusterInformation: connection is unauthorized: Unauthorized',
    'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "<containerid>": plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to assign an IP address to container',
    'level=warning msg="Unable to reach health endpoint of remote node" subsys=health-server node=<node> ip=<ip> failures=<small> lastSeen=<age>',
    // Control plane.
    '"Successfully bound pod to node" pod="<podref>" node="<node>" evaluatedNodes=<small> feasibleNodes=<small>',
    '"Error syncing deployment" deployment="<deployref>" err="Operation cannot be fulfilled on deployments.apps \\"<deployment>\\": the object has been modified; please apply your changes to the latest version and try again"',
    'sync "<replicasetref>" failed with Operation cannot be fulfilled on replicasets.apps "<replicaset>": the object has been modified; please apply your changes to the latest version and try again',
    '"SyncProxyRules complete" ipFamily="IPv4" elapsed="<took>"',
    '"SyncProxyRules complete" ipFamily="IPv6" elapsed="<took>"',
    '"HTTP" verb="GET" URI="/api/v1/namespaces/<namespace>/pods/<pod>" latency="<took>" userAgent="<client>" audit-ID="<uid>" srcIP="<ip>:<port>" resp=<status>',
    '"HTTP" verb="PATCH" URI="/api/v1/namespaces/<namespace>/pods/<pod>/status" latency="<took>" userAgent="<client>" audit-ID="<uid>" srcIP="<ip>:<port>" resp=<status>',
    'Trace[<big>]: "Update" accept:application/json,audit-id:<uid>,client:<ip>,protocol:HTTP/2.0,resource:configmaps,scope:resource,url:/api/v1/namespaces/<namespace>/configmaps/<configmap>,verb:PUT (<iso>) (total time: <ms>ms):',
    'secrets is forbidden: User "system:serviceaccount:<namespace>:<account>" cannot list resource "secrets" in API group "" in the namespace "<namespace>"',
    'pods is forbidden: User "system:serviceaccount:<namespace>:<account>" cannot list resource "pods" in API group "" in the namespace "<namespace>"',
    "Waited for <took> due to client-side throttling, not priority and fairness, request: GET:https://<ip>:443/apis/<apigroup>/v1?timeout=32s",
    "successfully acquired lease <namespace>/<lease>",
    "failed to renew lease <namespace>/<lease>: timed out waiting for the condition",
    '"new leader elected" identity="<leaseholder>"',
    '{"level":"warn","ts":"<iso>","caller":"etcdserver/util.go:170","msg":"apply request took too long","took":"<took>","expected-duration":"100ms","prefix":"read-only range ","request":"key:\\"/registry/pods/<podref>\\" ","response":"range_response_count:1 size:<count>"}',
    '{"level":"info","ts":"<iso>","caller":"mvcc/kvstore_compaction.go:66","msg":"finished scheduled compaction","compact-revision":<big>,"took":"<took>","hash":<big>}',
    "[ERROR] plugin/errors: 2 <domain>. A: read udp <ip>:<port>-><ip>:53: i/o timeout",
    '[INFO] <ip>:<port> - <count> "AAAA IN <domain>. udp <small> false 512" NXDOMAIN qr,aa,rd <count> <seconds>s',
    // Ingress, certificates and names.
    'Service "<serviceref>" does not have any active Endpoint.',
    'Error obtaining Endpoints for Service "<serviceref>": no object matching key "<serviceref>" in local store',
    '"Found valid IngressClass" ingress="<ingressref>" ingressclass="nginx"',
    'Created new CertificateRequest resource "<certrequest>"',
    "Waiting for HTTP-01 challenge propagation: wrong status code '<badstatus>', expected '200'",
    'Waiting for DNS-01 challenge propagation: DNS record for "<domain>" not yet propagated',
    'time="<iso>" level=info msg="Desired change: UPSERT <domain> A" profile=default zoneID=/hostedzone/<zone> zoneName=<domain>.',
    'time="<iso>" level=info msg="Desired change: DELETE <domain> A" profile=default zoneID=/hostedzone/<zone> zoneName=<domain>.',
    // Delivery into the cluster and operators.
    'time="<iso>" level=info msg="Sync operation to <commit> succeeded" application=<application> dest-namespace=<namespace> dest-server="https://kubernetes.default.svc" reason=OperationCompleted type=Normal',
    'time="<iso>" level=info msg="Sync operation to <commit> failed: one or more objects failed to apply" application=<application> dest-namespace=<namespace> dest-server="https://kubernetes.default.svc" reason=OperationCompleted type=Warning',
    'time="<iso>" level=info msg="Updated health status: Healthy -> Degraded" application=<application> dest-namespace=<namespace> reason=ResourceUpdated type=Normal',
    '{"level":"info","ts":"<iso>","msg":"Reconciliation finished in <took>, next run in <interval>","controller":"kustomization","Kustomization":{"name":"<application>","namespace":"<namespace>"},"reconcileID":"<uid>","revision":"<revision>"}',
    '{"level":"error","ts":"<iso>","msg":"Reconciliation failed after <took>, next try in <interval>","controller":"kustomization","Kustomization":{"name":"<application>","namespace":"<namespace>"},"reconcileID":"<uid>","revision":"<revision>","error":"health check timeout for [Deployment/<deployref>]"}',
    '{"level":"info","ts":"<iso>","msg":"stored artifact for commit \'<subject>\'","controller":"gitrepository","name":"<application>","reconcileID":"<uid>"}',
    '{"level":"error","ts":"<iso>","msg":"Reconciler error","controller":"postgrescluster","namespace":"<namespace>","name":"<application>","reconcileID":"<uid>","error":"admission webhook denied the request: spec.instances is immutable"}',
    "operator: failover of cluster <deployref> started, promoting <pod> (lag <count> bytes, timeline <small>)",
    "operator: failover of cluster <deployref> finished in <took>, new primary is <pod>",
    [
      'Release "<application>" has been upgraded to revision <small> (chart <chart>)',
      'Release "<application>" has been upgraded to revision <small> (chart <chart>), <small> hooks ran in <took>',
    ],
    'release "<application>" failed, and has been uninstalled due to atomic being set: timed out waiting for the condition',
    "Deployment is not ready: <deployref>. <small> out of <small> expected pods are ready",
    "StatefulSet is not ready: <deployref>. <small> out of <small> expected pods are ready",
    "pod triggered scale-up: [{<groupsize> (max: <small>)}]",
    "Scale-up: setting group <nodegroup> size to <small>",
    "Node <node> is unneeded since <iso> duration <age>",
    '{"level":"INFO","time":"<iso>","logger":"controller","message":"launched nodeclaim","commit":"<commit>","controller":"nodeclaim.lifecycle","NodeClaim":{"name":"<replicaset>"},"instance-type":"<instancetype>","capacity-type":"spot","allocatable":{"cpu":"<quantity>","memory":"<kibi>"}}',
    'error when evicting pods/"<pod>" -n "<namespace>" (will retry after 5s): Cannot evict pod as it would violate the pod\'s disruption budget.',
    "Observed a panic: runtime error: invalid memory address or nil pointer dereference\ngoroutine <count> [running]:\npanic(0x<containerid>)\n\t<caller>",
    "config-reloader: <podlist> picked up configmap <configmap> generation <small> after <took>",
  ],
};
