import { hex, pick } from "../../../traffic.ts";
import type { Family, Kind } from "../family.ts";
import { among, base62, between, chars, oneOf, skewed } from "../values.ts";

const LOWER = "abcdefghijklmnopqrstuvwxyz0123456789";
const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const DIGITS = "0123456789";

const account: Kind = (random) => String(between(random, 100_000_000_000, 999_999_999_999));
const awsRegion = among("us-east-1", "eu-west-1", "eu-central-1", "ap-northeast-1", "us-gov-west-1", "sa-east-1");
const bucket = oneOf(
  among("acme-prod-uploads", "logs.acme.io", "terraform-state-eu", "my-bucket", "invoices2024"),
  (random) => `cdk-hnb659fds-assets-${account(random)}-${awsRegion(random)}`,
  (random) => `acme-${pick(random, ["stg", "prod"])}-${chars(random, 8, LOWER)}`,
);
const key = oneOf(
  (random) => `uploads/${between(random, 1, 99_999)}/avatar.png`,
  (random) =>
    `year=2025/month=${between(random, 1, 12)}/part-0000${between(random, 0, 9)}-${hex(random, 8)}.snappy.parquet`,
  (random) => `invoices/INV-2025-${chars(random, 5, DIGITS)}.pdf`,
  (random) => `exports/Q${between(random, 1, 4)} report (final).xlsx`,
  (random) => `${hex(random, 32)}`,
  (random) => `tenant_${between(random, 1, 800)}/backups/db.dump.gz`,
);
const lambda = oneOf(
  among("image-resize", "orders-stream-consumer", "prod-api-getUser", "nightlyCleanup"),
  (random) => `stack-ProcessorFn${hex(random, 8).toUpperCase()}-${base62(random, 12)}`,
);
const queueName = oneOf(
  among("orders", "email-events.fifo", "prod-webhooks", "thumbnails-dlq"),
  (random) => `acme-jobs-${chars(random, 6, LOWER)}`,
);
const table = oneOf(
  among("Orders", "sessions-prod", "user_profiles", "idempotency"),
  (random) => `amplify-Todo-${chars(random, 26, LOWER)}-dev`,
);
const role = oneOf(
  among("ecsTaskExecutionRole", "github-deployer", "AWSReservedSSO_Admin_1f2e3d", "lambda-basic"),
  (random) => `acme-api-role-${chars(random, 8, LOWER)}`,
);
const project = oneOf(
  among("acme-prod", "analytics-eu"),
  (random) => `my-project-${between(random, 100_000, 499_999)}`,
);
const uid: Kind = (random) =>
  `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-${pick(random, ["8", "9", "a", "b"])}${hex(random, 3)}-${hex(random, 12)}`;
const arn = oneOf(
  (random) => `arn:aws:lambda:${awsRegion(random)}:${account(random)}:function:${lambda(random)}`,
  (random) => `arn:aws:s3:::${bucket(random)}/${key(random)}`,
  (random) => `arn:aws:dynamodb:${awsRegion(random)}:${account(random)}:table/${table(random)}`,
  (random) => `arn:aws:sqs:${awsRegion(random)}:${account(random)}:${queueName(random)}`,
  (random) => `arn:aws:kms:${awsRegion(random)}:${account(random)}:key/${uid(random)}`,
);
const principal = oneOf(
  (random) => `arn:aws:sts::${account(random)}:assumed-role/${role(random)}/i-0${hex(random, 16)}`,
  (random) => `arn:aws:sts::${account(random)}:assumed-role/${role(random)}/${lambda(random)}`,
  (random) => `arn:aws:iam::${account(random)}:user/${pick(random, ["ci", "bob.smith", "terraform"])}`,
);
const stripe =
  (...prefixes: readonly string[]): Kind =>
  (random) =>
    `${pick(random, prefixes)}_${pick(random, ["1", "3"])}${base62(random, pick(random, [13, 23]))}`;
const phone = oneOf(
  (random) => `+1${between(random, 2_012_000_000, 9_899_999_999)}`,
  (random) => `+44770090${chars(random, 4, DIGITS)}`,
  (random) => `+49*****${chars(random, 4, DIGITS)}`,
);
const tfAddress = oneOf(
  among("aws_s3_bucket.uploads", "google_sql_database_instance.main", "azurerm_resource_group.rg", "random_id.suffix"),
  (random) => `module.vpc.aws_subnet.private[${between(random, 0, 5)}]`,
  (random) => `module.${pick(random, ["api", "worker"])}["${pick(random, ["eu", "us-2"])}"].aws_iam_role.this`,
  (random) => `aws_route53_record.www["${chars(random, 5, LOWER)}.acme.io"]`,
);
const tfId = oneOf(
  (random) => `sg-0${hex(random, 16)}`,
  (random) => `subnet-0${hex(random, 16)}`,
  bucket,
  (random) => `projects/${project(random)}/topics/events`,
  arn,
);
const goTime = oneOf(
  (random) => `${between(random, 0, 59)}s`,
  (random) => `${between(random, 1, 19)}m${between(random, 0, 59)}s`,
);

/** What the clients of cloud services, functions and infrastructure tools write. */
export const CLOUD: Family = {
  name: "cloud",
  kinds: {
    // Clients print integers without separators.
    count: (random) => String(skewed(random, 1_000_000)),
    account,
    awsregion: awsRegion,
    bucket,
    key,
    lambda,
    table,
    role,
    keyarn: (random) => `arn:aws:kms:${awsRegion(random)}:${account(random)}:key/${uid(random)}`,
    targetgroup: (random) =>
      `arn:aws:elasticloadbalancing:${awsRegion(random)}:${account(random)}:targetgroup/${pick(random, ["api", "web-blue"])}/${hex(random, 16)}`,
    runtime: (random) => `${pick(random, ["nodejs:20", "python:3.12", "java:21"])}.v${between(random, 1, 60)}`,
    runtimearn: (random) => `arn:aws:lambda:${awsRegion(random)}::runtime:${hex(random, 64)}`,
    exitcode: among("1", "2", "127", "134", "137", "139", "143"),
    cost: (random) => `$${between(random, 0, 3)}.${chars(random, between(random, 2, 6), DIGITS)}`,
    price: oneOf(
      (random) => `$${between(random, 1, 900)}.${chars(random, 2, DIGITS)}`,
      (random) => `${between(random, 100, 99_999)} ${pick(random, ["usd", "eur", "jpy"])}`,
      (random) => `€${between(random, 1, 9)},${chars(random, 3, DIGITS)}.${chars(random, 2, DIGITS)}`,
    ),
    limit: among("3", "500", "8192", "10000", "30000", "128000", "200000", "2000000"),
    traceid: (random) => hex(random, 32),
    waited: (random) => `00:00:0${between(random, 0, 9)}.${chars(random, 7, DIGITS)}`,
    principal,
    project,
    queue: queueName,
    queueurl: (random) => `https://sqs.${awsRegion(random)}.amazonaws.com/${account(random)}/${queueName(random)}`,
    s3request: (random) => chars(random, 16, UPPER),
    s3host: (random) => `${base62(random, 40)}/${base62(random, 20)}+${base62(random, 13)}=`,
    dynamorequest: (random) => chars(random, 52, UPPER),
    request: uid,
    receipt: (random) => `AQEB${base62(random, 28)}==`,
    upload: (random) => `${base62(random, 22)}.${base62(random, 20)}_${base62(random, 12)}--`,
    etag: (random) => `"${hex(random, 32)}${pick(random, ["", "", "-12"])}"`,
    accesskey: (random) => `${pick(random, ["AKIA", "ASIA"])}${chars(random, 16, UPPER)}`,
    instance: (random) => `i-0${hex(random, 16)}`,
    group: (random) => `sg-0${hex(random, 16)}`,
    task: (random) =>
      `arn:aws:ecs:${awsRegion(random)}:${account(random)}:task/${pick(random, ["prod", "default"])}/${hex(random, 32)}`,
    logstream: (random) => `2025/${between(random, 10, 12)}/${between(random, 10, 28)}/[$LATEST]${hex(random, 32)}`,
    version: oneOf(among("$LATEST"), (random) => String(between(random, 1, 214))),
    lambdams: (random) => `${skewed(random, 29_000)}.${between(random, 10, 99)}`,
    megabytes: among("128", "256", "512", "1024", "1769", "3008", "10240"),
    stack: oneOf(
      among("prod-network", "AcmeApiStack", "sam-app"),
      (random) => `preview-pr-${between(random, 9, 3000)}`,
    ),
    logical: oneOf(
      among("OrdersTable", "ApiGateway", "MyQueue"),
      (random) => `HandlerServiceRole${hex(random, 8).toUpperCase()}`,
    ),
    shard: (random) => `shardId-0000000000${chars(random, 2, DIGITS)}`,
    sequence: (random) => `4960${chars(random, 52, DIGITS)}`,
    signed: (random) =>
      `202${between(random, 3, 6)}0${between(random, 1, 9)}${between(random, 10, 28)}T${between(random, 10, 23)}${between(random, 10, 59)}${between(random, 10, 59)}Z`,
    user: oneOf(
      among("bob", "alice.smith", "ops@acme.io", "terraform"),
      (random) => `u_${between(random, 100, 99_999)}`,
    ),
    gcsobject: (random) => `gs://${bucket(random)}/${key(random)}`,
    subscription: (random) =>
      `projects/${project(random)}/subscriptions/${pick(random, ["orders-sub", "eventarc-eu-42", "bq.export"])}`,
    topic: (random) => `projects/${project(random)}/topics/${pick(random, ["orders", "user.created", "audit-v2"])}`,
    bqjob: oneOf(
      (random) => `bquxjob_${hex(random, 8)}_${hex(random, 11)}`,
      (random) => `${project(random)}:EU.job_${base62(random, 28)}`,
    ),
    bqtable: (random) =>
      `${project(random)}.${pick(random, ["dwh", "raw_events"])}.${pick(random, ["orders", "sessions_20250114", "fx"])}`,
    serviceaccount: (random) =>
      `${pick(random, ["ci-deployer", "cloud-run", "etl"])}@${project(random)}.iam.gserviceaccount.com`,
    cloudrun: (random) =>
      `${pick(random, ["api", "checkout", "web-eu"])}-000${between(random, 10, 99)}-${chars(random, 3, LOWER)}`,
    document: oneOf(
      (random) => `users/${base62(random, 20)}`,
      (random) => `tenants/${between(random, 1, 90)}/orders/${base62(random, 20)}`,
    ),
    azureid: (random) =>
      `/subscriptions/${uid(random)}/resourceGroups/${pick(random, ["rg-prod", "acme-weu"])}/providers/Microsoft.Web/sites/${pick(random, ["acme-api", "fn-orders-2"])}`,
    container: among("uploads", "$web", "insights-logs", "backup-2024"),
    blob: key,
    tenant: uid,
    session: oneOf(among("orders-eu"), (random) => `cust-${between(random, 1, 9000)}`, uid),
    charge: (random) => `${pick(random, [0.5, 1, 12.38, 400, 2.86])}`,
    partition: (random) => String(between(random, 0, 31)),
    tfaddress: tfAddress,
    tfid: tfId,
    gotime: goTime,
    lockid: uid,
    provider: among("hashicorp/aws v5.31.0", "hashicorp/google v4.84.0", "cloudflare/cloudflare v4.20.0-rc1"),
    intent: stripe("pi"),
    chargeid: stripe("ch", "py"),
    customer: (random) => `cus_${base62(random, 14)}`,
    subscriptionid: stripe("sub"),
    invoice: stripe("in"),
    event: stripe("evt"),
    striperequest: (random) => `req_${base62(random, 14)}`,
    idempotency: oneOf(
      uid,
      (random) => `order-${between(random, 1000, 99_999)}-capture`,
      (random) => hex(random, 40),
    ),
    smsid: (random) => `${pick(random, ["SM", "MM"])}${hex(random, 32)}`,
    callid: (random) => `CA${hex(random, 32)}`,
    phone,
    template: (random) => `d-${hex(random, 32)}`,
    messageid: (random) =>
      `${base62(random, 22)}.filter${chars(random, 4, DIGITS)}p1las1-${between(random, 100, 32_000)}-${hex(random, 8).toUpperCase()}-${between(random, 1, 99)}.0`,
    model: among("gpt-4o-mini", "gpt-4-turbo-2024-04-09", "text-embedding-3-small", "claude-3-5-sonnet-20241022", "o3"),
    completion: (random) => `chatcmpl-${base62(random, 29)}`,
    airequest: (random) => `req_${hex(random, 32)}`,
    organization: (random) => `org-${base62(random, 24)}`,
    retryafter: oneOf(
      (random) => `${between(random, 120, 980)}ms`,
      (random) => `${between(random, 1, 59)}.${between(random, 100, 999)}s`,
      (random) => `${between(random, 1, 9)}m${between(random, 0, 59)}s`,
    ),
    deployment: (random) => `dpl_${base62(random, 28)}`,
    vercelid: (random) =>
      `${pick(random, ["fra1", "iad1", "cdg1"])}::${pick(random, ["iad1", "sfo1"])}::${chars(random, 5, LOWER)}-${between(random, 1_700_000_000_000, 1_760_000_000_000)}-${hex(random, 12)}`,
    machine: (random) => `${between(random, 1, 9)}${hex(random, 13)}`,
    dyno: (random) => `${pick(random, ["web", "worker", "run"])}.${between(random, 1, 9999)}`,
    secret: oneOf(
      among("prod/db/password", "stripe-api-key", "/acme/api/JWT_SECRET"),
      (random) => `rds!db-${uid(random)}`,
    ),
    parameters: (random) =>
      `[${Array.from({ length: between(random, 1, 3) }, () => `/acme/${pick(random, ["db_url", "feature-x", "SMTP_HOST"])}`).join(", ")}]`,
    delay: oneOf(
      (random) => `${between(random, 20, 900)}ms`,
      (random) => `${between(random, 1, 20)}.${between(random, 1, 999)}s`,
      (random) => `${between(random, 1, 60)} seconds`,
    ),
  },
  statements: [
    // S3 and its like.
    "An error occurred (NoSuchKey) when calling the GetObject operation: The specified key does not exist. bucket=<bucket> key=<key>",
    "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied. bucket=<bucket> key=<key>",
    "An error occurred (AccessDenied) when calling the PutObject operation: Access Denied. bucket=<bucket> key=<key>",
    "An error occurred (SlowDown) when calling the PutObject operation (reached max retries: <small>): Please reduce your request rate.",
    [
      "uploaded s3://<bucket>/<key> (<size>) in <delay>",
      "uploaded s3://<bucket>/<key> (<size>) in <delay>, etag <etag>",
      "uploaded s3://<bucket>/<key> (<size>) in <delay>, etag <etag>, <small> parts",
    ],
    "multipart upload <upload> to s3://<bucket>/<key> aborted after part <small>: RequestTimeout",
    "multipart upload <upload> to s3://<bucket>/<key> aborted after part <small>: EntityTooSmall",
    "operation error S3: HeadObject, https response error StatusCode: 404, RequestID: <s3request>, HostID: <s3host>, NotFound: Not Found",
    "operation error S3: PutObject, https response error StatusCode: 403, RequestID: <s3request>, HostID: <s3host>, api error RequestTimeTooSkewed: The difference between the request time and the current time is too large.",
    "operation error S3: PutObject, https response error StatusCode: 403, RequestID: <s3request>, HostID: <s3host>, api error SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    "InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records. key=<accesskey> requestId=<s3request>",
    "SignatureDoesNotMatch: Signature expired: <signed> is now earlier than <signed> (<signed> - 5 min.)",
    // Queues and streams.
    '{"level":"info","time":"<iso>","msg":"received SQS batch","queueUrl":"<queueurl>","messages":<small>,"approximateReceiveCount":<small>,"oldestAgeSeconds":<count>}',
    "SQS message <request> from <queue> failed <small> times, leaving it to the dead letter queue",
    "deleted SQS message <request> from <queue> after <delay>",
    "changed visibility of SQS message <request> on <queue> to <small>s",
    "ReceiptHandleIsInvalid: Value <receipt> for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired. queue=<queueurl>",
    "kinesis <shard>: checkpointed at <sequence>, <count> ms behind latest",
    "kinesis <shard>: ExpiredIteratorException at <sequence>, refreshing iterator, <count> ms behind latest",
    // DynamoDB.
    "ProvisionedThroughputExceededException: The level of configured provisioned throughput for the table was exceeded. table=<table> consumed=<charge> requestId=<dynamorequest>",
    "ConditionalCheckFailedException: The conditional request failed table=<table> key=<json> requestId=<dynamorequest>",
    "BatchWriteItem on <table>: <small> of <small> items unprocessed, retrying in <delay>",
    "query on <table> index gsi1 returned <count> items in <small> pages, consumed <charge> RCU",
    // Lambda.
    "START RequestId: <request> Version: <version>",
    "END RequestId: <request>",
    [
      "REPORT RequestId: <request>\tDuration: <lambdams> ms\tBilled Duration: <count> ms\tMemory Size: <megabytes> MB\tMax Memory Used: <count> MB",
      "REPORT RequestId: <request>\tDuration: <lambdams> ms\tBilled Duration: <count> ms\tMemory Size: <megabytes> MB\tMax Memory Used: <count> MB\tInit Duration: <lambdams> ms",
    ],
    "<iso> <request> Task timed out after <lambdams> seconds",
    "RequestId: <request> Error: Runtime exited with error: signal: killed Runtime.ExitError",
    "INIT_START Runtime Version: <runtime>\tRuntime Version ARN: <runtimearn>",
    "TooManyRequestsException: Rate Exceeded. function=<lambda> reason=ReservedFunctionConcurrentInvocationLimitExceeded concurrency=<count>",
    "invoked <lambda>:<version> asynchronously, status 202, request <request>, log stream <logstream>",
    // Identity and permissions.
    "User: <principal> is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::<account>:role/<role>",
    [
      "User: <principal> is not authorized to perform: kms:Decrypt on resource: <keyarn>",
      "User: <principal> is not authorized to perform: kms:Decrypt on resource: <keyarn> because no identity-based policy allows the kms:Decrypt action",
    ],
    "User: <principal> is not authorized to perform: secretsmanager:GetSecretValue on resource: <secret> because no resource-based policy allows the action",
    "ExpiredTokenException: The security token included in the request is expired role=<role> key=<accesskey>",
    "assumed role <role> in account <account> as <user>, credentials expire at <timestamp>",
    "loaded <small> parameters from SSM <parameters> in <awsregion>",
    "ThrottlingException: Rate exceeded, attempt <small> of <small>, backing off <delay> (service=ssm region=<awsregion> requestId=<request>)",
    "ThrottlingException: Rate exceeded, attempt <small> of <small>, backing off <delay> (service=logs region=<awsregion> requestId=<request>)",
    // Machines, containers and stacks.
    "ECS task <task> stopped: Essential container in task exited (exit code <exitcode>)",
    "ECS task <task> stopped: Task failed ELB health checks in target group <targetgroup>",
    "spot interruption notice for <instance> in <awsregion>, draining until <timestamp>",
    "InsufficientInstanceCapacity: could not launch <small> instances in <awsregion>, asked for <megabytes> MB each, last launched <instance>",
    "authorized ingress <ip>/32 port <port> on <group> for <user>",
    "CloudFormation stack <stack>: <logical> CREATE_FAILED Resource handler returned message: limit exceeded (Service: Lambda, Status Code: 400, Request ID: <request>)",
    "CloudFormation stack <stack>: <logical> UPDATE_ROLLBACK_COMPLETE after <gotime>",
    "CloudFormation stack <stack>: <logical> UPDATE_COMPLETE after <gotime>",
    // Google.
    "googleapi: Error 403: <serviceaccount> does not have storage.objects.get access to the Google Cloud Storage object <gcsobject>., forbidden",
    "googleapi: Error 403: <serviceaccount> does not have storage.objects.create access to the Google Cloud Storage object <gcsobject>., forbidden",
    "googleapi: Error 429: Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute' of service 'run.googleapis.com' for consumer 'project_number:<account>'., rateLimitExceeded",
    "pubsub: pulled <count> messages from <subscription>, oldest unacked <delay>",
    "pubsub: publish to <topic> failed: rpc error: code = Unavailable desc = The service was unable to fulfill your request, attempt <small>",
    "pubsub: publish to <topic> failed: rpc error: code = DeadlineExceeded desc = context deadline exceeded, attempt <small>",
    "BigQuery job <bqjob> finished: <count> rows into <bqtable>, <size> billed, <delay>",
    "BigQuery job <bqjob> failed: Resources exceeded during query execution, destination <bqtable>",
    '{"severity":"ERROR","message":"Memory limit exceeded, terminating instance","resource":{"revision":"<cloudrun>","project":"<project>"},"limitMiB":<megabytes>,"usedMiB":<count>,"trace":"projects/<project>/traces/<traceid>"}',
    "Firestore transaction on <document> aborted after <small> attempts: ABORTED: Too much contention on these documents",
    "Firestore snapshot listener on <document> reconnected after <delay>",
    // Azure.
    'BlobNotFound: The specified blob does not exist. container="<container>" blob="<blob>" RequestId:<request> Time:<timestamp>',
    "AADSTS700016: Application with identifier '<request>' was not found in the directory '<tenant>'. Trace ID: <request> Correlation ID: <request>",
    "AADSTS7000215: Invalid client secret provided for app '<request>'. Trace ID: <request> Correlation ID: <request>",
    "ServiceBus: lock of message <request> in session <session> expired after <small> deliveries, abandoning",
    "EventHub partition <partition>: stole lease from <machine>, sequence number <count>, offset <snowflake>",
    "CosmosDB request rate is large. ActivityId: <request>, RetryAfter: <waited>, RequestCharge: <charge>, StatusCode: 429",
    "AuthorizationFailed: The client '<request>' does not have authorization to perform action 'Microsoft.Web/sites/restart/action' over scope '<azureid>'",
    // Terraform.
    "<tfaddress>: Creating...",
    "<tfaddress>: Still creating... [<gotime> elapsed]",
    "<tfaddress>: Creation complete after <gotime> [id=<tfid>]",
    "<tfaddress>: Refreshing state... [id=<tfid>]",
    "<tfaddress>: Destruction complete after <gotime>",
    "Plan: <small> to add, <small> to change, <small> to destroy.",
    "Apply complete! Resources: <small> added, <small> changed, <small> destroyed.",
    "Error acquiring the state lock: ConditionalCheckFailedException: ID: <lockid> Path: <bucket>/<key> Who: <user>@<machine> Version: 1.<small>.<small> Created: <timestamp>",
    "drift detected in <tfaddress>: tags changed outside of Terraform, expected <json>, found <json>",
    "Installing <provider> into <path>",
    // Clients of payment, message and model services.
    "Stripe API error: No such payment_intent: '<intent>' (request-id <striperequest>, status 404)",
    "Stripe API error: No such customer: '<customer>' (request-id <striperequest>, status 404)",
    [
      "payment intent <intent> for <customer> succeeded, <price> captured",
      "payment intent <intent> for <customer> succeeded, <price> captured, charge <chargeid>",
    ],
    "payment intent <intent> for <customer> requires_action, next action redirect_to_url",
    "StripeCardError: Your card was declined. decline_code=insufficient_funds charge=<chargeid> amount=<amount> currency=<currency>",
    "StripeCardError: Your card was declined. decline_code=do_not_honor charge=<chargeid> amount=<amount> currency=<currency>",
    "stripe webhook <event> invoice.paid handled: <invoice> of <subscriptionid> in <delay>",
    "stripe webhook <event> invoice.payment_failed handled: <invoice> of <subscriptionid> in <delay>",
    "Keys for idempotent requests can only be used with the same parameters they were first used with. idempotency_key=<idempotency> request=<striperequest>",
    "twilio: message <smsid> to <phone> delivered in <delay>",
    "twilio: message <smsid> to <phone> undelivered, error 30003 unreachable destination handset",
    "twilio: message <smsid> to <phone> undelivered, error 30007 carrier violation",
    "twilio: call <callid> from <phone> to <phone> completed, <count> s, <cost>",
    "sendgrid accepted mail to <email> template <template> id <messageid>",
    '{"level":"error","time":"<iso>","msg":"sendgrid request failed","statusCode":<status>,"template":"<template>","recipients":<small>,"errors":[{"message":"<words>","field":"personalizations.<small>.to"}]}',
    "Rate limit reached for <model> in organization <organization> on tokens per min (TPM): Limit <limit>, Used <count>, Requested <count>. Please try again in <retryafter>.",
    "Rate limit reached for <model> in organization <organization> on requests per min (RPM): Limit <limit>, Used <count>, Requested 1. Please try again in <retryafter>.",
    "This model's maximum context length is <limit> tokens. However, your messages resulted in <count> tokens. model=<model> request=<airequest>",
    "completion <completion> model=<model> prompt_tokens=<count> completion_tokens=<count> finish_reason=stop took=<delay> cost=<cost>",
    "completion <completion> model=<model> prompt_tokens=<count> completion_tokens=<count> finish_reason=length took=<delay> cost=<cost>",
    // Platforms.
    "[GET] /api/cron status=504 FUNCTION_INVOCATION_TIMEOUT deployment=<deployment> id=<vercelid> duration=<count>ms",
    "[GET] /api/feed status=500 FUNCTION_INVOCATION_FAILED deployment=<deployment> id=<vercelid> duration=<count>ms",
    "machine <machine> in <region> exited with code <exitcode>, oom_killed=<bool>, requested_stop=<bool>",
    'at=error code=H12 desc="Request timeout" method=<method> path="/checkout" host=<host> request_id=<request> fwd="<ip>" dyno=<dyno> connect=<small>ms service=<count>ms status=503 bytes=0 protocol=https',
    'at=error code=H10 desc="App crashed" method=<method> path="/checkout" host=<host> request_id=<request> fwd="<ip>" dyno= connect= service= status=503 bytes= protocol=https',
    "Process running mem=<count>M(<percent>) on <dyno>, Error R14 (Memory quota exceeded)",
  ],
};
