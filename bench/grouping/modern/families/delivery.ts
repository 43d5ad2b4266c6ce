import { hex, pick } from "../../../traffic.ts";
import type { Family, Kind } from "../family.ts";
import { among, base62, between, chars, oneOf, skewed } from "../values.ts";

const LOWER = "abcdefghijklmnopqrstuvwxyz0123456789";
const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const DIGITS = "0123456789";

const two = (value: number): string => String(value).padStart(2, "0");
const uid: Kind = (random) =>
  `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-${pick(random, ["8", "9", "a", "b"])}${hex(random, 3)}-${hex(random, 12)}`;
const branch = oneOf(
  among("main", "develop", "release/2.14", "hotfix-login", "gh-readonly-queue/main/pr-812"),
  (random) => `feature/ACME-${between(random, 10, 9999)}-${pick(random, ["new-cart", "fix_typo", "upgrade-node-22"])}`,
  (random) =>
    `dependabot/npm_and_yarn/${pick(random, ["vite", "types/node"])}-${between(random, 1, 20)}.${between(random, 0, 9)}.2`,
  (random) => `renovate/${pick(random, ["redis-7.x", "all-minor"])}`,
);
const repository = among("acme/shop", "acme/infra-live", "platform/api_gateway", "bob/dotfiles", "acme-eu/mobile.app");
const application = among("checkout", "web", "billing-worker", "api", "admin-ui", "search2", "notification_service");
const npmPackage = oneOf(
  among("lodash", "@types/node", "@acme/ui-kit", "esbuild", "node-sass", "left-pad", "@babel/core"),
  (random) => `@acme/lib-${between(random, 1, 30)}`,
);
const semver = oneOf(
  (random) => `${between(random, 0, 22)}.${between(random, 0, 30)}.${between(random, 0, 20)}`,
  (random) => `${between(random, 0, 4)}.0.0-beta.${between(random, 1, 20)}`,
);
const crate = among("serde_json", "tokio", "proc-macro2", "acme-core", "ring", "openssl-sys", "libc");
const commit = oneOf(
  (random) => hex(random, 7),
  (random) => hex(random, 40),
  (random) => hex(random, 8),
);
const suite = oneOf(
  among("src/cart/cart.test.ts", "tests/test_orders.py", "e2e/login.spec.ts", "CheckoutServiceTest"),
  (random) =>
    `packages/${pick(random, ["ui", "api-client"])}/test/${pick(random, ["button", "retry", "i18n"])}.spec.tsx`,
);
const test = among(
  "adds an item to the cart",
  "test_refund[eur-12.50]",
  "shouldRejectExpiredToken()",
  "logs in with 2FA",
  "renders 1 000 rows",
  "TestParse/empty_input#01",
);
const mailHost = among(
  "mx1.example.com",
  "gmail-smtp-in.l.google.com",
  "acme-io.mail.protection.outlook.com",
  "mail.acme.co.uk",
  "aspmx2.example.net",
);
const address = oneOf(
  (random) =>
    `${pick(random, ["bob", "alice.smith", "jose+news", "no-reply", "m_mueller"])}@${pick(random, ["example.com", "gmail.com", "acme.co.uk"])}`,
  (random) => `bounce+${hex(random, 6)}.${chars(random, 6, LOWER)}@mg.acme.io`,
  (random) => `u${between(random, 100, 99_999)}@mail.example.org`,
);
const user = oneOf(
  among("bob", "alice.smith", "root", "deploy", "svc-backup", "ACME\\jdoe", "j.o'neil"),
  (random) => `u_${between(random, 1, 99_999)}`,
  (random) => `${pick(random, ["mei", "tom.chen", "anna"])}@example.com`,
);
const realm = among("acme", "master", "customers-eu", "b2b_partners");
const client = oneOf(
  among("web-app", "mobile.ios", "grafana", "acme_cli", "https://app.acme.io/saml/metadata"),
  (random) => `${base62(random, 32)}`,
  (random) => `0oa${base62(random, 17)}`,
);
const queueId = oneOf(
  (random) => hex(random, 10).toUpperCase(),
  (random) => `4${base62(random, 14)}z`,
);
const seconds: Kind = (random) => `${between(random, 0, 240)}.${chars(random, between(random, 1, 3), DIGITS)}`;
const short = oneOf(
  (random) => `${between(random, 1, 59)}s`,
  (random) => `${between(random, 1, 59)}.${between(random, 1, 99)}s`,
  (random) => `${between(random, 3, 999)}ms`,
  (random) => `${between(random, 1, 40)}m ${between(random, 0, 59)}s`,
  (random) => `${between(random, 1, 9)} min ${between(random, 1, 59)} sec`,
);
const fingerprint: Kind = (random) => `SHA256:${base62(random, 20)}/${base62(random, 15)}+${base62(random, 6)}`;

/** What builds, deployments, sign-ins and mail write. */
export const DELIVERY: Family = {
  name: "delivery",
  kinds: {
    // Most of these programs print integers without separators.
    count: (random) => String(skewed(random, 1_000_000)),
    line: (random) => String(between(random, 1, 1200)),
    timeout: among("2000", "5000", "30000", "60000"),
    epoch: (random) => String(between(random, 1_700_000_000, 1_760_000_000)),
    branch,
    repository,
    application,
    commit,
    semver,
    package: npmPackage,
    crate,
    suite,
    test,
    seconds,
    short,
    user,
    realm,
    client,
    address,
    sender: oneOf(address, (random) => `root@${mailHost(random)}`),
    mailhost: mailHost,
    queueid: queueId,
    runner: oneOf(
      (random) => `GitHub Actions ${between(random, 2, 400)}`,
      (random) => `gitlab-runner-${chars(random, 8, LOWER)}`,
      (random) => `ip-10-0-${between(random, 0, 255)}-${between(random, 1, 254)}`,
      among("mac-mini-03", "self_hosted.arm64", "buildkite-agent-7f"),
    ),
    runnertoken: (random) => base62(random, 9),
    job: oneOf(
      among("build", "test (20.x, ubuntu-latest)", "deploy-prod", "lint", "e2e / shard 3"),
      (random) => `acme-${pick(random, ["api", "web"])}-${between(random, 1, 60)}`,
    ),
    jobid: (random) => String(between(random, 10_000_000, 24_000_000_000)),
    run: (random) => `#${between(random, 1, 60_000)}`,
    step: among(
      "actions/checkout@v4",
      "Install dependencies",
      "Run tests",
      "docker/build-push-action@v5",
      "Post cache",
    ),
    cachekey: oneOf(
      (random) => `Linux-node-${hex(random, 64)}`,
      (random) => `pip-3.12-${hex(random, 16)}`,
      (random) => `gradle-home-v1|macOS-${hex(random, 32)}`,
    ),
    artifact: oneOf(
      among("coverage", "dist.zip", "playwright-report", "app-release.apk"),
      (random) => `logs_${between(random, 10_000_000, 99_999_999)}`,
    ),
    exitcode: among("1", "2", "100", "126", "127", "137", "139", "143"),
    image: oneOf(
      (random) => `ghcr.io/acme/${application(random)}:${semver(random)}`,
      (random) => `registry.gitlab.com/acme/${application(random)}/${hex(random, 8)}`,
      (random) => `node:${between(random, 16, 24)}-alpine`,
      (random) => `acme/${application(random)}@sha256:${hex(random, 64)}`,
    ),
    digest: (random) => `sha256:${hex(random, 64)}`,
    stage: oneOf(
      (random) => `${between(random, 1, 9)}/${between(random, 9, 14)}`,
      (random) => `${pick(random, ["build", "deps", "stage-1"])} ${between(random, 1, 6)}/${between(random, 6, 9)}`,
    ),
    command: among(
      "npm ci --omit=dev",
      "apt-get update",
      "go build -o /out/app ./cmd/app",
      "pip install -r requirements.txt",
    ),
    layer: (random) => hex(random, 12),
    project: among(":app", ":core:model", ":services:billing", ":lib-utils"),
    task: among("compileKotlin", "test", "shadowJar", "processResources", "lintRelease"),
    target: among("//src/main:server", "//pkg/api:api_test", "//tools/gen:gen_go", "@maven//:guava"),
    source: oneOf(
      (random) => `src/${pick(random, ["index", "cart/total", "utils"])}.ts`,
      (random) => `app/models/${pick(random, ["user", "order_item"])}.rb`,
      (random) => `internal/${pick(random, ["db", "http"])}/handler.go`,
    ),
    goal: among("compile", "test-compile", "integration-test"),
    symbol: among("OrderService", "TotalProps", "'user' | undefined", "Map<string, Cart>"),
    environment: oneOf(
      among("production", "staging", "eu-prod-2", "canary"),
      (random) => `preview-${between(random, 4, 3000)}`,
    ),
    release: oneOf(semver, semver, (random) => `v${semver(random)}`),
    migration: oneOf(
      (random) =>
        `2025${two(between(random, 1, 12))}${two(between(random, 1, 28))}${chars(random, 6, DIGITS)}_${pick(random, ["add_index_to_orders", "drop_legacy"])}`,
      (random) => `V${between(random, 1, 300)}__${pick(random, ["create_users", "backfill"])}.sql`,
    ),
    flag: among("new-checkout", "exp_price_v2", "kill.search", "dark_mode"),
    pull: (random) => `!${between(random, 3, 9000)}`,
    hash: (random) => `sha512-${base62(random, 40)}==`,
    jti: oneOf(uid, (random) => base62(random, 22)),
    kid: oneOf(
      (random) => base62(random, 43),
      (random) => hex(random, 40),
      among("prod-2024-09", "key1"),
    ),
    session: oneOf(
      uid,
      (random) => `sess_${base62(random, 24)}`,
      (random) => `s:${base62(random, 32)}`,
    ),
    grant: (random) => `${pick(random, ["ey", "v1.", "1//0"])}${base62(random, 12)}…`,
    subject: oneOf(
      (random) => `auth0|${hex(random, 24)}`,
      (random) => `google-oauth2|${chars(random, 21, DIGITS)}`,
      uid,
    ),
    scopes: oneOf(
      among("openid profile email", "orders:read", "read:user user:email"),
      (random) => `[${pick(random, ["orders:read, orders:write", "admin", "openid, offline_access"])}]`,
    ),
    issuer: among(
      "https://acme.eu.auth0.com/",
      "https://sso.acme.io/realms/acme",
      "accounts.google.com",
      "https://sts.windows.net/1f3a/",
    ),
    audience: among("https://api.acme.io", "web-app", "account", "[api, web-app]"),
    redirect: oneOf(
      (random) => `http://localhost:${between(random, 3000, 9999)}/callback`,
      (random) =>
        `https://${pick(random, ["app.acme.io", "pr-77.preview.acme.dev"])}/oauth/callback?x=${between(random, 1, 90)}`,
    ),
    dn: oneOf(
      (random) => `uid=${pick(random, ["bob", "asmith", "j.doe"])},ou=people,dc=acme,dc=io`,
      (random) =>
        `CN=${pick(random, ["Bob Smith", "Svc Backup", "Müller\\, Anna"])},OU=Users,OU=${pick(random, ["EU", "HQ"])},DC=corp,DC=acme,DC=com`,
    ),
    assertion: (random) => `_${hex(random, pick(random, [32, 40]))}`,
    fingerprint,
    keytype: among("RSA", "ED25519", "ECDSA"),
    device: oneOf(
      among("iPhone 15 Pro", "Pixel 8", "YubiKey 5C", "Firefox on Ubuntu"),
      (random) => `dev_${base62(random, 10)}`,
    ),
    city: among("Berlin, DE", "São Paulo, BR", "unknown", "Ashburn, US"),
    role: among("admin", "billing_viewer", "ROLE_USER", "support-l2"),
    apikey: oneOf(
      (random) => `ak_live_${base62(random, 6)}****`,
      (random) => `key ending ${chars(random, 4, UPPER)}`,
    ),
    messageid: oneOf(
      (random) =>
        `${between(random, 1_700_000_000, 1_760_000_000)}.${chars(random, 6, DIGITS)}.${base62(random, 8)}@mail.acme.io`,
      (random) => `${uid(random)}@app-${between(random, 1, 9)}.acme.io`,
      (random) => `CA${base62(random, 40)}@mail.gmail.com`,
    ),
    delays: (random) =>
      `${between(random, 0, 9)}.${between(random, 1, 99)}/0.0${between(random, 1, 9)}/${between(random, 0, 3)}.${between(random, 1, 99)}/${between(random, 0, 9)}`,
    delay: oneOf(
      (random) => String(between(random, 0, 90_000)),
      (random) => `${between(random, 0, 30)}.${between(random, 1, 99)}`,
    ),
    qresponse: oneOf(
      (random) => `250 2.0.0 Ok: queued as ${queueId(random)}`,
      (random) => `250 2.0.0 OK ${between(random, 1_700_000_000, 1_760_000_000)} ${hex(random, 20)} - gsmtp`,
      (random) =>
        `250 2.6.0 ${uid(random)} [InternalId=${between(random, 1e12, 9e12)}, Hostname=AM0PR0${between(random, 1, 9)}.prod.outlook.com] Queued mail for delivery`,
    ),
    gsmtp: (random) =>
      `${hex(random, 14)}-${hex(random, 20)}si${between(random, 1_000_000, 9_999_999)}wmq.${between(random, 10, 300)}`,
    selector: among("s1", "google", "mandrill._domainkey", "20230601", "k2"),
    maildomain: among("example.com", "acme.io", "mg.acme.co.uk", "xn--bcher-kva.example"),
    folder: among("INBOX", "INBOX.Archive.2024", "[Gmail]/All Mail", "Sent Items"),
    sgevent: (random) => `${base62(random, 22)}==`,
    sgmessage: (random) =>
      `${base62(random, 22)}.recvd-${hex(random, 10)}-${chars(random, 5, LOWER)}-1-${hex(random, 8).toUpperCase()}-${between(random, 1, 99)}.0`,
    campaign: oneOf(among("welcome-series", "Winter sale 2025", "dunning_3"), (random) => `cmp_${base62(random, 12)}`),
  },
  statements: [
    // Runners.
    'Job <job> (<jobid>) of <repository> picked up by runner "<runner>"',
    "Checking for job... received job=<jobid> repo_url=https://gitlab.com/<repository>.git runner=<runnertoken>",
    [
      "Job succeeded duration_s=<seconds> job=<jobid> project=<count> runner=<runnertoken>",
      "Job succeeded duration_s=<seconds> job=<jobid> project=<count> runner=<runnertoken> retries=<small>",
    ],
    "WARNING: Job failed: exit status <exitcode> duration_s=<seconds> job=<jobid> project=<count> runner=<runnertoken>",
    "WARNING: Job failed (system failure): prepare environment: waiting for pod running: timed out waiting for pod to start duration_s=<seconds> job=<jobid> project=<count> runner=<runnertoken>",
    "##[error]Process completed with exit code <exitcode>.",
    "The job running on runner <runner> has exceeded the maximum execution time of <small> minutes.",
    "Cache restored from key: <cachekey>",
    "Cache not found for input keys: <cachekey>, <cachekey>",
    "Cache saved with key: <cachekey>",
    "Artifact <artifact> has been successfully uploaded! Final size is <count> bytes. Artifact ID is <jobid>",
    '{"level":"info","time":"<iso>","msg":"pipeline finished","pipeline":"<run>","repository":"<repository>","ref":"<branch>","sha":"<commit>","jobs":<small>,"duration":<seconds>,"status":"success"}',
    "step '<step>' of <job> skipped, condition was false on branch <branch>",
    "step '<step>' of <job> cancelled by <user> after <short>",
    // Builds.
    "npm error code ERESOLVE while resolving: <package>@<semver>, found: <package>@<semver>",
    "npm error 404 Not Found - GET https://registry.npmjs.org/<package> - '<package>@<semver>' is not in this registry.",
    "npm warn deprecated <package>@<semver>: <words>",
    [
      "added <count> packages, and audited <count> packages in <short>",
      "added <count> packages, removed <small> packages, and audited <count> packages in <short>",
      "added <count> packages, removed <small> packages, changed <small> packages, and audited <count> packages in <short>",
    ],
    "npm error code EINTEGRITY <hash> integrity checksum failed when using sha512: wanted <hash> but got <hash>. (<count> bytes)",
    "#<small> [<stage>] RUN <command>",
    "#<small> DONE <short>",
    "#<small> CACHED [<stage>] RUN <command>",
    'ERROR: failed to solve: process "/bin/sh -c <command>" did not complete successfully: exit code: <exitcode>',
    "ERROR: failed to solve: <image>: failed to resolve source metadata: not found",
    "#<small> pushing manifest for <image>@<digest> <short> done",
    "<layer>: Retrying in <small> seconds",
    "> Task <project>:<task> FAILED",
    "> Task <project>:<task> UP-TO-DATE",
    "BUILD SUCCESSFUL in <short>, <count> actionable tasks: <small> executed, <count> up-to-date",
    "BUILD FAILED in <short>, <count> actionable tasks: <small> executed, <count> up-to-date",
    "Compiling <crate> v<semver>",
    "error[E0308]: mismatched types in <crate> at <source>:<line>:<small>",
    "error[E0382]: borrow of moved value in <crate> at <source>:<line>:<small>",
    "INFO: Elapsed time: <seconds>s, Critical Path: <seconds>s, <count> processes: <count> remote cache hit, <small> linux-sandbox.",
    "FAIL: <target> (shard <small> of <small>) (see <path>)",
    "TIMEOUT: <target> (shard <small> of <small>) (see <path>)",
    "<source>(<line>,<small>): error TS2304: Cannot find name '<symbol>'.",
    "<source>(<line>,<small>): error TS2345: Argument of type '<symbol>' is not assignable to parameter of type '<symbol>'.",
    "[ERROR] Failed to execute goal <goal> on project <application>: Compilation failure: <source>:[<line>,<small>] cannot find symbol",
    // Tests.
    "FAIL <suite> > <test> (<short>)",
    "PASS <suite> (<short>, <small>00 MB heap)",
    "Tests: <small> failed, <small> skipped, <count> passed, <count> total, time <short>",
    "flaky: <test> in <suite> passed on attempt <small> after <short>",
    "Timeout of <timeout>ms exceeded in '<test>' (<suite>). Ensure the done() callback is being called.",
    "coverage of <source> fell from <percent> to <percent> on <branch>",
    // Deployments.
    [
      "deploying <application> <release> (<commit>) to <environment>",
      "deploying <application> <release> (<commit>) to <environment> by <user>",
      "deploying <application> <release> (<commit>) to <environment> by <user>, reason: <quoted>",
    ],
    "deployed <application> <release> to <environment> in <short>",
    "rolled back <application> on <environment> from <release> to <release>, error rate <percent>",
    "canary of <application> on <environment> at <percent>: p95 <ms>ms vs <ms>ms, promoting",
    "canary of <application> on <environment> at <percent>: p95 <ms>ms vs <ms>ms, aborting",
    "migration <migration> applied in <short>",
    "migration <migration> reverted in <short>",
    "flag <flag> turned on for <percent> of <environment> by <user>",
    "flag <flag> turned off for <percent> of <environment> by <user>",
    "merge request <pull> of <repository> cannot be merged: branch <branch> is <small> commits behind <branch>",
    // Tokens and sign-ins.
    "JWT rejected: token expired at <timestamp> (sub=<subject>, jti=<jti>)",
    "JWT rejected: invalid signature (sub=<subject>, kid=<kid>)",
    "JWT rejected: audience <audience> not allowed, issuer <issuer> (sub=<subject>, jti=<jti>)",
    "unable to find a signing key that matches '<kid>' at <issuer>",
    "issued access token <jti> to client <client> for <subject>, scopes <scopes>, expires in <count>s",
    "refreshed access token <jti> of client <client> for <subject>, scopes <scopes>, expires in <count>s",
    "oauth: redirect_uri <redirect> is not registered for client <client>",
    'oauth2: "invalid_grant" "Token has been expired or revoked." client=<client> grant=<grant>',
    'oauth2: "invalid_client" "Client authentication failed." client=<client> grant=<grant>',
    'type="LOGIN", realmId="<realm>", clientId="<client>", userId="<subject>", sessionId="<session>", ipAddress="<ip>", auth_method="openid-connect", redirect_uri="<redirect>", username="<user>"',
    'type="LOGIN_ERROR", realmId="<realm>", clientId="<client>", userId="<subject>", ipAddress="<ip>", error="invalid_user_credentials", auth_method="openid-connect", redirect_uri="<redirect>", username="<user>"',
    'type="LOGIN_ERROR", realmId="<realm>", clientId="<client>", userId="<subject>", ipAddress="<ip>", error="user_temporarily_disabled", auth_method="openid-connect", redirect_uri="<redirect>", username="<user>"',
    'LDAP bind failed for <dn> at ldaps://<host>:636: LDAP Result Code 49 "Invalid Credentials": 80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data 52e',
    "LDAP search under <dn> returned <count> entries in <short>",
    "synchronized <count> users and <small> groups from ldaps://<host>:636, <small> removed",
    "SAML assertion <assertion> rejected: NotOnOrAfter <timestamp> has passed (clock skew <short>)",
    "SAML assertion <assertion> rejected: audience <audience> does not match <client>",
    "SAML login of <user> through <issuer>, session index <assertion>, roles <list>",
    "Accepted publickey for <user> from <ip> port <port> ssh2: <keytype> <fingerprint>",
    [
      "Failed password for <user> from <ip> port <port> ssh2",
      "Failed password for invalid user <user> from <ip> port <port> ssh2",
    ],
    "Received disconnect from <ip> port <port>:11: disconnected by user",
    "Connection closed by authenticating user <user> <ip> port <port> [preauth]",
    [
      "user <user> signed in from <ip>",
      "user <user> signed in from <ip> (<city>)",
      "user <user> signed in from <ip> (<city>) with <device>",
    ],
    "user <user> signed out, session <session> lasted <short>",
    "MFA challenge for <user> failed: wrong TOTP code (attempt <small> of <small>, device <device>)",
    "MFA challenge for <user> failed: push denied (attempt <small> of <small>, device <device>)",
    "account <user> locked for <small> minutes after <small> failed sign-ins from <ip>",
    '{"level":"warn","time":"<iso>","msg":"impossible travel detected","user":"<address>","session":"<session>","from":"<city>","to":"<city>","distance_km":<count>,"minutes":<small>}',
    "revoked <small> sessions of <user>, reason password_reset",
    "revoked <small> sessions of <user>, reason admin_request",
    "<apikey> of <application> used from <ip> lacks scope <scopes>",
    "role <role> granted to <user> by <user> until <date>",
    // Mail.
    "<queueid>: to=<<address>>, relay=<mailhost>[<ip>]:25, delay=<delay>, delays=<delays>, dsn=2.0.0, status=sent (<qresponse>)",
    "<queueid>: to=<<address>>, relay=<mailhost>[<ip>]:25, delay=<delay>, delays=<delays>, dsn=5.1.1, status=bounced (host <mailhost>[<ip>] said: 550 5.1.1 The email account that you tried to reach does not exist. <gsmtp> - gsmtp (in reply to RCPT TO command))",
    "<queueid>: to=<<address>>, relay=<mailhost>[<ip>]:25, delay=<delay>, delays=<delays>, dsn=4.7.0, status=deferred (host <mailhost>[<ip>] said: 421 4.7.0 Try again later, closing connection. <gsmtp> - gsmtp (in reply to end of DATA command))",
    "<queueid>: to=<<address>>, relay=none, delay=<delay>, delays=<delays>, dsn=4.4.1, status=deferred (connect to <mailhost>[<ip>]:25: Connection timed out)",
    "<queueid>: from=<<sender>>, size=<count>, nrcpt=<small> (queue active)",
    "<queueid>: message-id=<<messageid>>",
    "<queueid>: removed",
    "NOQUEUE: reject: RCPT from <mailhost>[<ip>]: 554 5.7.1 <<address>>: Relay access denied; from=<<sender>> to=<<address>> proto=ESMTP helo=<<mailhost>>",
    "NOQUEUE: reject: RCPT from <mailhost>[<ip>]: 450 4.7.25 Client host rejected: cannot find your hostname, [<ip>]; from=<<sender>> to=<<address>> proto=ESMTP helo=<<mailhost>>",
    "warning: <mailhost>[<ip>]: SASL LOGIN authentication failed: UGFzc3dvcmQ6, sasl_username=<user>",
    "<queueid>: DKIM-Signature field added (s=<selector>, d=<maildomain>)",
    "DKIM verification of <<messageid>> failed: body hash did not verify (s=<selector>, d=<maildomain>)",
    "DMARC: <maildomain> from <ip>: policy quarantine, spf fail, dkim pass",
    "DMARC: <maildomain> from <ip>: policy reject, spf fail, dkim fail",
    "imap-login: Login: user=<<user>>, method=PLAIN, rip=<ip>, lip=<ip>, mpid=<count>, TLS, session=<<nanoid>>",
    "imap(<user>): Disconnected: Inactivity - no input for <count> secs in=<count> out=<count> deleted=<small> expunged=<small>",
    "imap: fetched <small> new messages from <folder> of <address> (uidnext <count>) in <short>",
    '{"email":"<address>","timestamp":<epoch>,"event":"delivered","sg_event_id":"<sgevent>","sg_message_id":"<sgmessage>","smtp-id":"<<messageid>>","response":"<qresponse>"}',
    '{"email":"<address>","timestamp":<epoch>,"event":"dropped","sg_event_id":"<sgevent>","sg_message_id":"<sgmessage>","reason":"Bounced Address","status":"5.0.0"}',
    "campaign <campaign>: <count> of <count> mails sent, <small> bounced, open rate <percent>",
    "campaign <campaign> paused: complaint rate <percent> above <percent>",
    "mail to <address> suppressed: hard bounce on <date>",
    "mail to <address> suppressed: unsubscribed on <date>",
    "SMTP connection to <mailhost>:<port> failed: 535 5.7.8 Authentication credentials invalid (<user>)",
    "SMTP connection to <mailhost>:<port> failed: certificate has expired (<date>)",
  ],
};
