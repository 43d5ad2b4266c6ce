import type { VariableClass } from "./classes.ts";
import { words } from "./tables.ts";

/**
 * Nouns that are followed by the name of the thing (`user alice`, `topic orders`), with the class of that name. A name
 * of one kind has one class, whatever it looks like: ids made of digits only, or short words, stay with the others.
 */
const NOUNS: readonly (readonly [VariableClass, string])[] = [
  [
    "name",
    `user username account tenant customer organization organisation org workspace member owner author
    actor principal role permission group team project repository repo branch tag topic queue exchange subscription
    stream channel room table index column constraint database schema collection keyspace bucket namespace cluster
    service application app deployment statefulset daemonset replicaset cronjob configmap secret volume pvc ingress
    job task workflow pipeline stage step plugin extension bean component feature flag experiment campaign coupon plan
    region zone device interface category locale language template cache store handler listener middleware
    provider merchant vendor supplier carrier warehouse product class policy rule trigger function procedure
    mount partition shard replica alias label link metric gauge report dashboard environment operation query mutation release chart subject fields browser lambda alert alarm dag monitor target warehouse campaign consumer producer publisher subscriber worker agent container pod
    scheduler migration integration webhook profile key named entity model resource kind field parameter property attribute argument variable option breaker limiter pool`,
  ],
  [
    "id",
    `id ids uuid guid commit revision sha hash digest checksum trace span request session transaction txn tx
    correlation order invoice payment charge refund shipment ticket token build thread
    batch block chunk segment message msg event suite upload download import export record item object document execution run attempt lease lock cursor
    offset cart sku booking reservation payout dispute mandate claim quote contract receipt voucher serial cipher audience issuer device-id fingerprint etag nonce`,
  ],
  [
    "host",
    `host hostname runner server node peer broker upstream backend endpoint address addr proxy gateway master leader
    follower replica-host machine remote instance coordinator datanode`,
  ],
  [
    "path",
    `file filename directory dir folder path script program binary image library archive artifact attachment
    dump snapshot backup mountpoint`,
  ],
];

const CLASS_OF: ReadonlyMap<string, VariableClass> = new Map(
  NOUNS.flatMap(([name, nouns]) => [...words(nouns)].map((noun): [string, VariableClass] => [noun, name])),
);

/** The class of the name that may follow a noun, or undefined. */
export function nounClass(word: string): VariableClass | undefined {
  const known = CLASS_OF.get(word) ?? CLASS_OF.get(word.toLowerCase());
  if (known !== undefined || !/[a-z][A-Z]/.test(word)) return known;
  // `TaskQueue`, `WorkerID`: the last half tells.
  return CLASS_OF.get(lastHump(word));
}

function lastHump(word: string): string {
  return (/[A-Z]+[a-z]*$/.exec(word)?.[0] ?? word).toLowerCase();
}

/** Nouns before which a bare word is a person's name rather than half of a compound. */
const PERSONS = words(
  "user username account principal member owner author actor tenant customer merchant vendor supplier carrier provider organization organisation org team workspace",
);

export function isPerson(word: string): boolean {
  return PERSONS.has(word.toLowerCase());
}

const DATA_NOUNS = words("table relation index schema collection view column database keyspace sequence constraint");

/** Nouns of what a database holds: no class of a program is behind them. */
export function isDataNoun(word: string): boolean {
  return DATA_NOUNS.has(word.toLowerCase());
}

const ACCOUNTS = words("root admin administrator guest nobody system postgres daemon deploy operator");

/** Accounts that every system has. */
export function isAccount(word: string): boolean {
  return ACCOUNTS.has(word);
}

const ENVIRONMENTS = words("production staging development prod dev stage qa sandbox preview canary preprod uat");

export function isEnvironment(word: string): boolean {
  return ENVIRONMENTS.has(word);
}

/** Words that are never a name: function words, and what is said about things. */
const NEVER_NAMES = words(`
  a an the this that these those it its is are was were be been being am has have had do does did done can cannot could
  will would shall should may might must not no nor and or but if then else when while until unless because since so as
  than of in on at by to from for with without within into onto over under via per between among through during before
  after above below up down out off again further once here there all any both each few more most other some such only
  own same too very just also already still yet now ever never about against across along around behind beyond near
  unknown invalid valid missing null none nil undefined empty available unavailable ready unready unable able active
  inactive idle busy full healthy unhealthy alive dead open closed close lost new old bad good ok okay success
  successful successfully failure fail fails successes error errors exception exceptions warning timeout timeouts
  found exists exist mismatch denied does doesnt didnt isnt wasnt went goes gone left joined took takes online offline hit miss bypass loading get set put got sets gets select insert update delete commit rollback
  unreachable reachable unauthorized unauthenticated forbidden deprecated obsolete stale dirty corrupt
  corrupted complete completed incomplete pending running stopped stuck finished started ended expired revoked locked
  unlocked blocked disabled enabled deleted removed created updated changed added registered unregistered rejected
  accepted refused reset begin begins start starts stop stops end ends try retry retries retrying using used uses me you us them him her itself myself`);

/** Nouns that make a compound with the one before them (`user session`, `queue length`): no name of a thing. */
const COMPOUNDS = words(`
  access account accounts action actions activity address addresses agent alert alias allocation api app application
  array assignment attempt attempts attribute attributes audit auth authentication authorization backlog backup balance
  balancer batch block body broker buffer build bytes cache call callback calls capacity card cert certificate change
  changes channel check checks checkpoint checksum chunk class cleanup client clients cluster code collection collector
  column columns command commit config configuration conflict connection connections constraint consumer consumers
  container containers content context controller cookie count counter counts coverage credential credentials cursor
  daemon data database date deadline definition definitions deletion delivery deployment depth description details
  detection device devices directory discovery disk document documents domain drain driver duplicate email emails
  endpoint endpoints engine entries entry environment event events exchange executor expiration expiry export factory
  failover feature feed field fields file files filter flag flags flush folder format function gateway graph group groups
  handle handler handlers handshake hash header headers health heartbeat history hook host hosts id identifier ids image
  import index indexes indices info information initialization input inspection installation instance instances
  integration interface invoice item items job jobs kernel key keys label labels latency layer leader lease length level
  library limit limits line lines link list listener listeners load loader lock locks log logs login logout loop manager
  management manifest map mapping master member members membership memory message messages metadata method metric metrics
  migration migrations mode model module monitor mount name names namespace network node nodes notification notifications
  number object objects offset operation operations option options order orders output owner ownership packet page pages
  parameter parameters parser part partition partitions password path payload payment payments peer peers permission
  permissions pipeline plan plugin policy poll pool port prefix preferences priority process processes processing
  processor producer product profile progress project properties property protocol provider proxy publisher purge query
  queries queue quota quorum range rate reader rebalance recipient record records recovery redirect reference refresh
  region registration registry release reload replica replicas replication reply report repository request requests
  resolution resolver resource resources response responses restart result results retention retry role roles rollback
  rollout root route router routes row rows rule rules run runner runtime scan scheduler schema scope scopes script search secret
  secrets section segment segments selection selector sequence series server servers service services session sessions
  set settings setup shard shards shutdown signal signature size sizes slot slots snapshot socket source space space
  stack stage startup state states statement statistics stats status step steps storage store stream streams string
  subject subscriber subscriptions subscription summary support sync synchronization system table tables tag tags target
  task tasks team template templates tenant test tests text thread threads threshold throughput ticket timer times
  timestamp token tokens topic topics total traffic transaction transactions transfer transition transport trigger
  type types update updates upgrade upload usage user users utilization validation value values vector verification
  startup runtime exit return ssl tls http https tcp udp dns ip url uri json xml html csv disk cpu root home hardware software
  firmware internet follower primary secondary standby parent child children background foreground parallel bulk place
  front back total average advance case cases detail part half day days hour hours minute minutes second seconds week
  month year today work use need reason reasons purpose example life line lines byte end beginning start stop first last
  lock locks lease leases leader quorum wait idle sleep memory swap heap stack thread fiber race deadlock pressure
  maintenance inventory customers products people anyone everyone someone nothing something everything anything
  testing compatibility safety consistency free order peer peers port ports call stderr stdout stdin terminal console
  scratch source sources origin outside inside zero one two three four five hand view sync async mode bounds bound
  version versions volume watch watcher window worker workers write writer`);

/** Whether a bare lower-case word can be the name of something, for its own sake. */
export function canBeName(word: string): boolean {
  const lower = word.toLowerCase();
  if (NEVER_NAMES.has(lower) || COMPOUNDS.has(lower)) return false;
  // Compounds and capitals inside a word: an identifier, whatever it ends in (`OrderCreated`).
  if (/[-_./$]|[a-z][A-Z]/.test(word)) return true;
  return !/(?:ed|ing|tion|sion|ment|ness|able|ible|ful|less|ly)$/.test(lower);
}

/** Like `canBeName`, where the context already tells that a name follows (`user admin`). */
export function isNeverName(word: string): boolean {
  const lower = word.toLowerCase();
  return NEVER_NAMES.has(lower) || (/^[a-z]*(?:ing|ly)$/.test(lower) && lower !== "staging");
}

/** Nouns behind which even a common noun is a name, if its phrase ends there: `topic orders`, `role owner`. */
const HOLDERS = words(
  "model view relation room tenant group breaker pool project index keyspace service component plugin topic queue table bucket namespace collection role branch channel schema database stream report environment container deployment release operation entity stage volume exchange warehouse",
);

export function isHolder(word: string): boolean {
  return HOLDERS.has(word.toLowerCase()) || (/[a-z][A-Z]/.test(word) && HOLDERS.has(lastHump(word)));
}

/** Verbs in -ing are names where a noun holds names and the phrase ends: `queue billing`. */
export function isName(word: string): boolean {
  return !NEVER_NAMES.has(word.toLowerCase());
}

/** Nouns that are followed by a measure or a position. Behind any other noun a number is an id. */
const MEASURES = words(`
  port ports status code codes attempt attempts line lines size sizes count counts total level rank slot position length
  exit errno error errors warning warnings term epoch stage phase page pages day days limit number num value score
  priority percent weight height width depth delay timeout pid tid uid gid ppid version v revision rev generation
  stratum order irq bus vector channel rate ratio max min avg mean sum row rows col column columns offset cpu cpus core
  cores gpu memory mem disk free used usage load latency lag age ttl window threshold quota capacity retry retries
  http https tcp udp ssh protocol family type mode flags signal sequence seq round iteration try part chapter section
  schema api layer quality factor dimension dimensions batch-size workers threads connections requests items`);

/** Verbs that are followed by a count, where their ending does not show it. */
const COUNTING = words(`
  found took got read wrote sent left kept lost made ran saw set put hit sleep wait every only last first next top
  retrying waiting sleeping processed has have had is are was were be to from at in of on by for with than after before
  about around over under within until up down between and or per as into exceeds exceed reached reaches returned
  returns contains holds needs wants takes uses allows equals expected expecting got actual returned`);

/** Whether a number behind this word counts or measures. Otherwise it names one of many (`cart 12`, `cart 8f7d`). */
export function isMeasured(word: string): boolean {
  const lower = word.toLowerCase();
  if (MEASURES.has(lower) || COUNTING.has(lower) || NEVER_NAMES.has(lower)) return true;
  return /(?:ed|ing|s|ly)$/.test(lower) || !/^[a-z]{2,}$/.test(lower);
}

/** Nouns of types: only behind them is a qualified class name an argument. Elsewhere it tells problems apart. */
const TYPES = words("class type bean interface enum");

export function isTypeNoun(word: string): boolean {
  return TYPES.has(word.toLowerCase());
}

/** A class with its package: `com.acme.orders.OrderService`. */
export function isQualifiedClass(text: string): boolean {
  return (
    /^[a-z_$][\w$]*(?:\.[\w$]+)+$/.test(text) &&
    /\.[A-Z][\w$]*$/.test(text) &&
    text.indexOf(".") !== text.lastIndexOf(".")
  );
}

/** Verbs whose object is a name when the message says nothing else (`removing mailer`). */
export const HANDLING = words(`
  removing adding loading unloading starting stopping restarting installing uninstalling enabling disabling registering
  initializing configuring updating creating deleting launching mounting unmounting skipping syncing`);

/** Words that are followed by a preposition and the other side of a connection or a transfer. */
export const LINKED = words(`
  connected reconnected connecting reconnecting connect reconnect synchronized synchronised synced subscribed published
  publish sent delivered assigned reassigned forwarded routed redirected attached bound uploaded exported promoted
  deployed replicated failover proxied granted`);

export const AUTH_WORDS = words(`
  password login logon authentication auth publickey signin sign-in logged credentials otp mfa passcode failures`);

/** What stands behind `by` without naming an actor. */
export const BY_OTHERS = words(
  "default zero hand design override remote local mistake accident chance signal root-cause oom",
);

/** Keys of a pair whose value tells problems apart, although it stands in the middle of a sentence. */
export const TELLING_KEYS = words(`
  error err errors code errno reason cause caused message msg exception failed failure fatal warning warn panic info
  debug trace status state sqlstate severity level signal result`);

/** Words before a clock time that measures instead of telling the time. */
export const LASTING = words(
  "lifetime duration elapsed uptime took age lasted after in within for past every over idle time last eta by",
);
