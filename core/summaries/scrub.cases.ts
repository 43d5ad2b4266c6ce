import type { PiiClass } from "./scrub.ts";

/** A line, the parts of it that must not be left, and what they are. */
export interface PositiveCase {
  readonly class: PiiClass;
  readonly line: string;
  readonly secrets: readonly string[];
}

// Secrets are put together when the tests run: scanners of code hosts read the file, and would take them for real ones.
const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const ALPHANUMERIC = `${LETTERS}0123456789`;
let state = 7;
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}
function body(length: number, alphabet = ALPHANUMERIC): string {
  // A digit at the third place: none of these is a word.
  return Array.from({ length }, (_, at) =>
    at === 2 ? "7" : (alphabet[Math.floor(random() * alphabet.length)] ?? "x"),
  ).join("");
}
const hex = (length: number) => body(length, "0123456789abcdef");
const join = (...parts: readonly string[]) => parts.join("");

const cases: PositiveCase[] = [];
/** One case for each line; `{}` stands for the secrets in turn. */
function add(name: PiiClass, secrets: readonly string[], lines: readonly string[]): void {
  for (const [at, line] of lines.entries()) {
    const secret = secrets[at % secrets.length] ?? "";
    cases.push({ class: name, line: line.replaceAll("{}", () => secret), secrets: [secret] });
  }
}

add(
  "email",
  ["bob@example.com", "alice.smith+news@mail.example.co.uk", "o'neil_99@sub-domain.example.org", "x@163.com"],
  [
    "login failed for {}",
    "user={} action=login",
    '{"user":"{}","status":401}',
    "mail to <{}> bounced: 550 5.1.1 no such user",
    "From: Bob <{}>",
    "mailto:{}?subject=hi",
    "sent to [{}]",
    "duplicate key value violates unique constraint: Key (email)=({}) already exists.",
    "Invitation for '{}' expired.",
    "could not deliver to {}, retrying",
    "GET /users/{}/orders 404",
    "{}: account locked",
    'audit actor="{}" did delete',
    "subscription(s) of {};{} merged",
  ],
);
add("email", ["bob%40example.com"], ["GET /reset?email={}&x=1 200", "redirect to https://a.example/?u={}"]);
add(
  "email",
  [
    "josé@example.es",
    "用户@例子.公司",
    "bob@xn--bcher-kva.example",
    "bob@corp.local",
    "BOB@EXAMPLE.COM",
    '"john doe"@example.com',
  ],
  ["welcome {} !", "账号 {} 登录失败", "idn mail {}", "bind as {} failed", "LOOKUP {}", "rcpt {} refused"],
);
// Hard: written so that no machine reads them.
add("email", ["bob at example dot com", "bob [at] example.com"], ["contact {} please", "contact {} please"]);

add(
  "ip",
  ["203.0.113.9", "10.12.0.7", "192.168.1.254", "8.8.8.8"],
  [
    "connect ECONNREFUSED {}:5432",
    "client {} denied",
    "Failed password for root from {} port 22 ssh2",
    '{} - - [05/Jan/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 12',
    "X-Forwarded-For: {}, {}",
    "remote=/{}:8080 closed",
    "redis.internal/{}:6379 unreachable",
    "http://{}/health returned 503",
    "blocked {}/24 for 10m",
    "peer ({}) reset",
    '{"client_ip":"{}"}',
    "dial tcp {}:443: i/o timeout",
    "host {}.",
    "from={} to=db",
    "range {}-{}",
    "ssh root@{} failed",
    "ping {}, 3 lost",
    'upstream: "http://{}:3000/api"',
  ],
);
add("ip", ["10-0-3-17"], ["node ip-{}.ec2.internal NotReady"]);
add(
  "ip",
  [
    "2001:db8::8a2e:370:7334",
    "fe80::1ff:fe23:4567:890a",
    "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
    "fd00::1",
    "::ffff:192.0.2.128",
    "2606:4700::6810:84e5",
  ],
  [
    "connect to [{}]:443 failed",
    "client {} denied",
    "from {}: connection reset",
    "addr={} up",
    "peer {}, dropped",
    '{"ip":"{}"}',
    "listening on {}%eth0",
    "route {}/64 withdrawn",
    "neighbor {}.",
    "host ({}) down",
    "http://[{}]/x timed out",
    "from {} port 22",
  ],
);
add("ip", ["203-0-113-9"], ["reverse mapping of c-{}.hsd1.example.net failed"]);

const bearer = body(40);
add(
  "token",
  [bearer],
  [
    "Authorization: Bearer {}",
    '{"authorization":"Bearer {}"}',
    'headers={"Authorization": "bearer {}"}',
    "authorization=Bearer%20{}",
    "map[Authorization:[Bearer {}] Accept:[*/*]]",
    "> authorization: token {}",
    "Proxy-Authorization: Bearer {}",
    "sent Bearer {} to upstream",
    "curl -H 'Authorization: Bearer {}' https://a.example",
    "Authorization: ApiKey {}",
    '\\"Authorization\\":\\"Bearer {}\\"',
  ],
);
const basic = Buffer.from("aladdin:opensesame").toString("base64");
add(
  "token",
  [basic],
  [
    "Authorization: Basic {}",
    "got Basic {} from client",
    "'Authorization': 'Basic {}'",
    "proxy-authorization: basic {}",
  ],
);
add(
  "token",
  [hex(32)],
  [
    'Authorization: Digest username="m", realm="r", nonce="n", uri="/", response="{}"',
    `Authorization: AWS4-HMAC-SHA256 Credential=x/20260105/eu/s3/aws4_request, SignedHeaders=host, Signature={}`,
    "?X-Amz-Signature={}&x=1",
  ],
);

const vendor: readonly string[] = [
  join("AK", "IA", body(16, "ABCDEFGHJKLMNPQ234567")),
  join("AS", "IA", body(16, "ABCDEFGHJKLMNPQ234567")),
  join("gh", "p_", body(36)),
  join("gh", "o_", body(36)),
  join("gh", "s_", body(36)),
  join("github", "_pat_", body(22), "_", body(59)),
  join("glp", "at-", body(20)),
  join("xo", "xb-", "1234567890-", "1234567890-", body(24)),
  join("xo", "xp-", "1234567890-", body(32)),
  join("xa", "pp-1-", "A012-345-", body(40)),
  join("sk", "_live_", body(24)),
  join("rk", "_live_", body(24)),
  join("pk", "_test_", body(24)),
  join("wh", "sec_", body(32)),
  join("AI", "za", body(35)),
  join("ya", "29.", body(60)),
  join("s", "k-", body(48)),
  join("s", "k-proj-", body(48), "-", body(10)),
  join("s", "k-ant-", "api03-", body(60)),
  join("np", "m_", body(36)),
  join("S", "G.", body(22), ".", body(43)),
  join("S", "K", hex(32)),
  join("A", "C", hex(32)),
  join("ke", "y-", hex(32)),
  join("M", body(23), ".", body(6), ".", body(38)),
  join("h", "f_", body(34)),
  join("do", "p_v1_", hex(64)),
  join("shp", "at_", hex(32)),
  join("123456789", ":AA", body(33)),
  join("py", "pi-", body(80)),
  join("dp", ".pt.", body(43)),
  join("l", "0_", body(42), "A"),
  join("hv", "s.", body(24)),
  join("GOC", "SPX-", body(28)),
  join("dckr", "_pat_", body(27)),
  join("$2", "b$12$", body(53)),
];
const frames = [
  "request with key {} refused",
  "using {}, retrying",
  'invalid credentials ("{}")',
  "https://api.example.com/v1?k={}&page=2",
  "deploy failed: {}.",
  "cfg[{}] loaded",
];
for (const [at, secret] of vendor.entries()) {
  add("token", [secret], [frames[at % frames.length] ?? "", frames[(at + 3) % frames.length] ?? ""]);
}
add("token", [join("T0AB12CD3/", "B0AB12CD3/", body(24))], ["POST https://hooks.slack.com/services/{} 404"]);
add("token", [join("112233445566778899/", body(68))], ["POST https://discord.com/api/webhooks/{} 429"]);
add("token", [join("123456789", ":AA", body(33))], ["GET https://api.telegram.org/bot{}/getMe 401"]);
add(
  "token",
  [join(body(40, `${ALPHANUMERIC}/+`))],
  [
    "aws_secret_access_key={}",
    "AWS_SECRET_ACCESS_KEY: {}",
    "aws_secret_access_key = {}",
    '{"SecretAccessKey":"{}"}',
    "AccountName=x;AccountKey={};EndpointSuffix=core.windows.net",
  ],
);
add(
  "token",
  [join(body(43), "%3D")],
  ["https://x.blob.core.windows.net/c?sv=2022-11-02&sr=b&sig={}&se=2026", "SAS ?sig={}"],
);

const jwt = [
  { alg: "HS256", typ: "JWT" },
  { sub: "1234567890", iat: 1516239022 },
]
  .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
  .join(".");
const signed = `${jwt}.${body(43)}`;
add(
  "jwt",
  [signed, `${jwt}.`, jwt],
  [
    "invalid signature: {}",
    "unsecured {} refused",
    "cut at {}",
    'jwt malformed "{}"',
    "GET /cb?id_token={}&state=1",
    "decode({}) failed",
    "Cookie of {}",
  ],
);
add("jwt", [signed], ["Authorization: Bearer {}", '{"access_token":"{}","expires_in":3600}', "expired: {}."]);

const keyBody = [body(64, `${ALPHANUMERIC}+/`), body(64, `${ALPHANUMERIC}+/`), `${body(30)}==`];
const pem = (label: string, separator: string) =>
  [`-----${join("BEG", "IN")} ${label}-----`, ...keyBody, `-----${join("EN", "D")} ${label}-----`].join(separator);
const pemCase = (line: string) =>
  cases.push({ class: "private-key", line, secrets: keyBody.map((part) => part.slice(0, 20)) });
const PRIVATE = join("PRIVATE", " KEY");
pemCase(`loaded\n${pem(`RSA ${PRIVATE}`, "\n")}\nok`);
pemCase(`key=${pem(PRIVATE, "\\n")}`);
pemCase(`{"private_key":"${pem(PRIVATE, "\\n")}\\n","client_id":"1"}`);
pemCase(pem(`EC ${PRIVATE}`, "\r\n"));
pemCase(`bad key ${pem(`OPENSSH ${PRIVATE}`, " ")} in env`);
pemCase(`{\\"key\\":\\"${pem(`ENCRYPTED ${PRIVATE}`, "\\\\n")}\\"}`);
pemCase(pem(`PGP ${PRIVATE} BLOCK`, "\n"));
pemCase(pem(PRIVATE, "\n").split("\n").slice(0, 4).join("\n"));
pemCase(pem(PRIVATE, "\\n").split("\\n").slice(0, 4).join("\\n"));

add(
  "password",
  ["s3cr3t-Pa55", "hunter2", "pässwörd9", "correct,horse", "p@ss", "x/y#z"],
  [
    "postgres://app:{}@db.example:5432/prod",
    "cannot reach redis://:{}@cache:6379/0",
    "amqps://svc:{}@mq.internal/vhost refused",
    "mongodb+srv://root:{}@c0.example.net/?retryWrites=true",
    "https://bob:{}@git.example.com/x.git not found",
    'DATABASE_URL="mysql://u:{}@10.0.0.1/db"',
    "app:{}@tcp(127.0.0.1:3306)/shop: access denied",
    "jdbc:oracle:thin:scott/{}@host:1521:orcl",
    "jdbc:postgresql://h/db?user=u&password={}&ssl=true",
  ],
);
add(
  "password",
  ["hunter2", "S3cret!pass", "tr0ub4dor&3", "ab)cd9", "Zx,91k", "Passw0rd;x"],
  [
    "password={}",
    "passwd: {}",
    "pwd={} user=bob",
    '{"password":"{}"}',
    "{'password': '{}'}",
    "dbPassword={}, dbUser=app",
    "DB_PASSWORD={}",
    "db-password: {}",
    ':password=>"{}"',
    '"new_password" => "{}"',
    '{\\"password\\":\\"{}\\"}',
    "LoginRequest(user=bob, password={})",
    "User{name=bob, password='{}'}",
    "Password:{}",
    "login with password '{}' failed",
    "passphrase: {}",
    "admin_pass={} ok",
    "PGPASSWORD={} psql",
    "mysqldump --password={} shop",
    "tool --password {} --verbose",
    "sshpass -p {} ssh h",
    "mysql -u root -p{} shop",
    "curl -u bob:{} https://a.example",
    "<password>{}</password>",
    "user[password]={}&commit=1",
    "CREATE USER bob IDENTIFIED BY '{}'",
    "ALTER ROLE bob WITH PASSWORD '{}'",
    "the password is {}",
    "login bob with password {} failed",
    "password := {}",
    "oldPassword={} newPassword={}",
    "Server=x;User Id=sa;Password={}",
    "password_confirmation={}",
    'Login { user: "bob", password: Some("{}") }',
    "{'password': b'{}'}",
    "docker login -u bob -p {} registry.example.com",
    "redis-cli -h cache -a {} ping",
    "ldap.bind.password = {}",
    "spring.datasource.password={}",
  ],
);
add(
  "password",
  ["hunter2"],
  [
    "body=user%3Dbob%26password%3D{}%26x%3D1",
    "%7B%22password%22%3A%22{}%22%7D",
    'form-data; name="password"\r\n\r\n{}\r\n--x',
    "('password', '{}')",
    "login bob/{} failed",
    "Authenticating with credentials bob:{}",
    "trying bob with {}",
    '{"pass":["{}"]}',
  ],
);
add(
  "password",
  ["482913"],
  [
    "otp={}",
    'otp_code: "{}"',
    "your verification code is {}",
    "OTP for bob: {}",
    '{"otp":{}}',
    "smsCode={}",
    "totp: {}",
  ],
);
add(
  "password",
  ["4071", "913"],
  ["pin={}", "cvv={}", '"pin":"{}"', '{"cvc":"{}"}', "PIN: {}", "security_code={}", "user PIN is {}"],
);

const secret = body(24);
add(
  "token",
  [secret, hex(32), `${body(12)}-${body(12)}`],
  [
    "secret={}",
    "token: {}",
    "api_key={}",
    "apiKey: '{}'",
    'api-key: "{}"',
    "X-Api-Key: {}",
    '"access_token":"{}"',
    "refresh_token={}&grant_type=refresh_token",
    "clientSecret={}",
    "CLIENT_SECRET={}",
    '{"client_secret": "{}"}',
    "session={}",
    "session_id={} expired",
    "sessionId: {}",
    "private_key={}",
    "csrfToken={}",
    "X-Auth-Token: {}",
    "x-vault-token: {}",
    "CLOUDFLARE_API_TOKEN={}",
    "CF_API_TOKEN: {}",
    "DD_API_KEY={}",
    "--token={}",
    "--api-key {}",
    "token => {}",
    "GET /x?token={}&y=1 200",
    "GET /x?access_token={} 401",
    "signingKey={}",
    "webhook_secret: {}",
    "idToken='{}'",
    "jwt.secret={}",
    "SECRET_KEY = '{}'",
    "<token>{}</token>",
    '\\"token\\": \\"{}\\"',
    "X-Amz-Security-Token={}&x=1",
    "signature={}",
    "GET /callback?code={}&state=x",
    "Using API key: {}",
    "STRIPE_KEY={}",
    'sessionToken "{}"',
    "license key {} invalid",
    "env: [{name: DB_PASSWORD, value: {}}]",
    '{"key":"api_token","value":"{}"}',
  ],
);
add("token", [secret], ["the token is {}", "token {} expired", "apikey {} unknown"]);
add(
  "cookie",
  [`sid=${body(20)}`, `session=${hex(32)}; theme=dark`],
  [
    "Cookie: {}",
    "Set-Cookie: {}; Path=/; HttpOnly",
    '{"cookie":"{}"}',
    "set-cookie={}",
    "headers: {cookie: '{}'}",
    "map[Cookie:[{}] Host:[a]]",
  ],
);

add(
  "card",
  [
    "4111111111111111",
    "5500 0000 0000 0004",
    "3782-822463-10005",
    "6011000990139424",
    "3530 1113 3330 0000",
    "30569309025904",
    "2223003122003222",
    "4222222222222",
    "6200 0000 0000 0005",
  ],
  [
    "charge {} declined",
    "card={} exp=12/27",
    '{"pan":"{}"}',
    "number: {}, cvv ok",
    "pay with {} failed",
    "card {}.",
    "({}) refused",
    "{} is expired",
    "charged 2 x {} EUR",
    "pan={};x",
    "amex [{}]",
  ],
);
add(
  "iban",
  [
    "DE89370400440532013000",
    "GB29 NWBK 6016 1331 9268 19",
    "FR1420041010050500013M02606",
    "NL91 ABNA 0417 1643 00",
    "CH9300762011623852957",
    "es9121000418450200051332",
  ],
  [
    "transfer to {} failed",
    "iban={} bic=X",
    '{"iban":"{}"}',
    "account {}, retry",
    "debit ({})",
    "from {} to x",
    "IBAN: {}.",
  ],
);
add(
  "phone",
  [
    "+1 415 555 2671",
    "+4915112345678",
    "+49 (0)30 901820-0",
    "+1-415-555-2671",
    "+44 20 7946 0958",
    "+33 6 12 34 56 78",
    "+91 98765 43210",
  ],
  [
    "sms to {} failed",
    "phone={}",
    '{"phoneNumber":"{}"}',
    "call from {}, dropped",
    "to: {} status=queued",
    "whatsapp:{} undelivered",
    "<tel:{}>",
    "number {} is invalid",
  ],
);
add(
  "phone",
  [
    "415-555-2671",
    "(415) 555-2671",
    "415.555.2671",
    "0151 12345678",
    "01 23 45 67 89",
    "020 7946 0958",
    "030/1234567",
    "(11) 98765-4321",
    "0049 151 12345678",
  ],
  [
    "sms to {} failed",
    "customer {} called",
    "contact {}.",
    "number {} is invalid",
    "user {} has no account",
    "ring {}, busy",
    "fax {} failed",
    "lead {} added",
    "phone {} unreachable",
  ],
);
add(
  "phone",
  ["4155552671", "98765 43210", "415 555 2671"],
  ["phone={}", "mobile: {}", "call to {} failed", "customer {} called"],
);
add(
  "ssn",
  ["078-05-1120", "219-09-9999"],
  ["ssn={}", "applicant {} rejected", '{"ssn":"{}"}', "SSN: {}.", "({}) is a duplicate"],
);
add("ssn", ["219099999", "219 09 9999"], ["ssn: {}", "SSN {} unknown"]);

export const POSITIVE_CASES: readonly PositiveCase[] = cases;
