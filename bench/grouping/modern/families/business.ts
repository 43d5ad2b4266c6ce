import { hex, pick } from "../../../traffic.ts";
import type { Family, Random } from "../family.ts";
import { base62, between, chars } from "../values.ts";

const DIGITS = "0123456789";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();

function padded(value: number, width = 2): string {
  return String(value).padStart(width, "0");
}

function several(random: Random, low: number, high: number, make: () => string): string[] {
  return Array.from({ length: between(random, low, high) }, make);
}

function day(random: Random): string {
  return `${between(random, 2023, 2026)}-${padded(between(random, 1, 12))}-${padded(between(random, 1, 28))}`;
}

function clock(random: Random): string {
  return [between(random, 0, 23), between(random, 0, 59), between(random, 0, 59)].map((part) => padded(part)).join(":");
}

function cents(random: Random): string {
  return `${between(random, 0, pick(random, [9, 400, 99_000]))}.${padded(between(random, 0, 99))}`;
}

function sku(random: Random): string {
  return pick(random, [
    `SKU-${chars(random, 5, DIGITS)}-${pick(random, ["BLK", "RED", "NVY"])}-${pick(random, ["S", "XL", "42"])}`,
    `40063${chars(random, 8, DIGITS)}`,
    `tee_${pick(random, ["blk", "wht"])}_${pick(random, ["m", "xl"])}`,
    `${chars(random, 2, UPPER)}${between(random, 100, 9999)}/${between(random, 1, 9)}`,
  ]);
}

/** The ids of Stripe and its imitators: a prefix that tells the type and a random rest. */
function prefixed(prefix: string, length: number): (random: Random) => string {
  return (random) => prefix + base62(random, length);
}

export const BUSINESS: Family = {
  name: "business",
  kinds: {
    order: (random) => `ORD-${between(random, 2023, 2026)}-${padded(between(random, 1, 99_999), 5)}`,
    orderno: (random) =>
      pick(random, [`#${between(random, 1000, 999_999)}`, `#${between(random, 100, 999)}-${chars(random, 7, DIGITS)}`]),
    orderid: (random) => `ord_${chars(random, 16, DIGITS + LOWER)}`,
    cart: prefixed("cart_", 12),
    charge: (random) => `${pick(random, ["ch", "py"])}_3M${base62(random, 22)}`,
    intent: prefixed("pi_3", 23),
    customer: prefixed("cus_", 14),
    subscription: prefixed("sub_1", 23),
    refund: prefixed("re_3", 23),
    event: prefixed("evt_1", 23),
    psp: (random) => chars(random, 16, DIGITS + UPPER),
    payout: (random) => `PO${day(random).replaceAll("-", "")}${chars(random, 6, DIGITS)}`,
    invoice: (random) =>
      pick(random, [
        `INV-${between(random, 2023, 2026)}-${padded(between(random, 1, 99_999), 6)}`,
        `RE2024/${between(random, 1, 9999)}`,
      ]),
    sku,
    skus: (random) => `[${several(random, 1, 5, () => sku(random)).join(", ")}]`,
    money: (random) =>
      pick(random, ["€", "$", "£", "R$", "CA$"]) +
      pick(random, [
        cents(random),
        `${between(random, 1, 99)},${padded(between(random, 0, 999), 3)}.00`,
        between(random, 1, 900),
      ]),
    signed: (random) => `${pick(random, ["-", "+", ""])}$${cents(random)}`,
    priced: (random) => `${cents(random)} ${pick(random, ["EUR", "USD", "CHF", "PLN"])}`,
    cents: (random) => String(between(random, 1, 2_000_000)),
    decimal: cents,
    tracking: (random) =>
      pick(random, [
        `1Z${chars(random, 16, DIGITS + UPPER)}`,
        `JJD${chars(random, 18, DIGITS)}`,
        `94${chars(random, 20, DIGITS)}`,
        `${chars(random, 2, UPPER)}${chars(random, 9, DIGITS)}GB`,
      ]),
    carrier: (random) => pick(random, ["UPS", "DHL Express", "Royal Mail", "gls", "post_nl", "FedEx 2Day"]),
    warehouse: (random) => pick(random, ["WH-EU-02", "AMS1", "Leipzig 2", "us-east-fc3", "bin-A12"]),
    plan: (random) => pick(random, ["pro_monthly", "Team (annual)", "starter", "enterprise-2024", "price_1NXk2"]),
    coupon: (random) => pick(random, ["SUMMER24", "welcome10", `REF-${chars(random, 6, UPPER)}`, "BF_2024_50%"]),
    provider: (random) => pick(random, ["stripe", "adyen", "mollie", "PayPal", "checkout.com"]),
    card: (random) =>
      `${pick(random, ["visa", "Mastercard", "amex"])} ${pick(random, ["****", "••••", "x-"])}${chars(random, 4, DIGITS)}`,
    iban: (random) => `DE${chars(random, 2, DIGITS)}****${chars(random, 4, DIGITS)}`,
    phone: (random) =>
      pick(random, [
        `+49 151 ${chars(random, 7, DIGITS)}`,
        `+1${chars(random, 10, DIGITS)}`,
        `+44*****${chars(random, 3, DIGITS)}`,
        `(${chars(random, 3, DIGITS)}) 555-0${chars(random, 3, DIGITS)}`,
      ]),
    person: (random) =>
      pick(random, [
        "Ann Lee",
        "María José Núñez",
        "Siobhán O'Brien",
        "J. van der Berg",
        "李雷",
        "Zoë",
        "Müller, Jörg",
      ]),
    product: (random) =>
      pick(random, [
        "Power Bank 24K (140W)",
        "Levi's 501 W32/L34",
        "Espresso Maker, 2-cup",
        "T-Shirt",
        "SSD 990 PRO 2TB",
        "Tisch „Oslo“ 180x90",
      ]),
    query: (random) =>
      pick(random, [
        "red shoes",
        "iphone 15 pro max 256",
        "kinder-fahrrad 20 zoll",
        "a",
        "usb c -> hdmi",
        "ns:sale 50%",
      ]),
    locale: (random) => pick(random, ["de-DE", "en_US", "fr", "pt-BR", "zh-Hans-CN"]),
    country: (random) => pick(random, ["DE", "US", "GB", "BR", "JP", "NG"]),
    flag: (random) => pick(random, ["new-checkout", "search.v2.ranking", "ENABLE_APPLE_PAY", "exp_1182_banner"]),
    variant: (random) => pick(random, ["control", "treatment-b", "on", "v3", "50/50"]),
    template: (random) =>
      pick(random, ["order_confirmation", "password-reset", "d-8f1c2b7a90", "WinBack v2", "invoice.de"]),
    score: (random) =>
      pick(random, [
        `0.${chars(random, 2, DIGITS)}`,
        `0.${chars(random, 16, DIGITS)}`,
        "1.0",
        `${between(random, 1, 99)}`,
      ]),
    rules: (random) =>
      `[${several(random, 1, 4, () => pick(random, ["velocity_24h", "ip_country_mismatch", "R-118", "bin.blocked", "new_device"])).join(", ")}]`,
    set: (random) =>
      `{${several(random, 1, 4, () => `'${pick(random, ["vip", "eu", "b2b", "newsletter", "churn-risk"])}'`).join(", ")}}`,
    file: (random) =>
      pick(random, [
        `orders_${day(random)}.csv`,
        `Preisliste ${pick(random, ["Q1", "Q2"])} (final).xlsx`,
        `s3://acme-imports/erp/${day(random)}/stock-${between(random, 1, 40)}.json.gz`,
        `/srv/sftp/partner7/in/PRICAT_${chars(random, 8, DIGITS)}.edi`,
        `${hex(random, 32)}.pdf`,
      ]),
    column: (random) => pick(random, ["price", "Customer E-Mail", "qty_on_hand", "ean", "Lieferdatum"]),
    cell: (random) => pick(random, ["12,50 €", "n/a", "31.02.2024", "foo@", "-3", "1.234.567", "TRUE", "=A1+B2"]),
    pnr: (random) => chars(random, 6, UPPER + DIGITS),
    flight: (random) => `${pick(random, ["LH", "BA", "U2", "FR"])}${between(random, 1, 9999)}`,
    room: (random) => pick(random, ["204", "Suite 12A", "DBL-SEA", "R-1108"]),
    tier: (random) => pick(random, ["gold", "Silver", "PLATINUM+", "bronze-2"]),
    points: (random) =>
      pick(random, [
        String(between(random, 1, 999)),
        `${between(random, 1, 99)},${padded(between(random, 0, 999), 3)}`,
      ]),
    provisional: (random) => pick(random, [`u_${between(random, 1, 99_999)}`, `usr-${hex(random, 8)}`]),
    account: (random) => `acct_${chars(random, 10, DIGITS + LOWER)}`,
    sid: (random) => `SM${hex(random, 32)}`,
    applicant: (random) => hex(random, 24),
    thread: (random) =>
      pick(random, [
        `http-nio-8080-exec-${between(random, 1, 200)}`,
        `ForkJoinPool.commonPool-worker-${between(random, 1, 16)}`,
        `pool-${between(random, 1, 9)}-thread-${between(random, 1, 32)}`,
        `scheduling-${between(random, 1, 4)}`,
      ]),
    stamp: (random) => `${day(random)} ${clock(random)},${chars(random, 3, DIGITS)}`,
    iso: (random) => `${day(random)}T${clock(random)}.${chars(random, 3, DIGITS)}Z`,
    seconds: (random) => `${day(random)} ${clock(random)}`,
    day,
    longday: (random) =>
      `${pick(random, ["May", "Oct", "Dec"])} ${between(random, 1, 28)}, ${between(random, 2023, 2026)}`,
    millis: (random) => `17${chars(random, 11, DIGITS)}`,
    pid: (random) => String(between(random, 1, 99_999)),
    int: (random) => String(between(random, 0, pick(random, [9, 300, 80_000, 12_000_000]))),
    took: (random) =>
      pick(random, [
        `${between(random, 1, 9000)}ms`,
        `${between(random, 0, 59)}.${between(random, 0, 99)}s`,
        `${between(random, 1, 59)}m${padded(between(random, 0, 59))}s`,
        `${between(random, 1, 48)}h${padded(between(random, 0, 59))}m`,
      ]),
    human: (random) =>
      pick(random, [
        `${between(random, 2, 59)} minutes`,
        "an hour",
        `${between(random, 2, 30)} days`,
        `${between(random, 1, 3)}h ${between(random, 0, 59)}m`,
      ]),
    share: (random) =>
      `${pick(random, [between(random, 0, 100), `${between(random, 0, 99)}.${between(random, 0, 99)}`])}%`,
    weight: (random) =>
      pick(random, [`${between(random, 1, 30)}.${between(random, 0, 9)}kg`, `${between(random, 10, 990)}g`]),
    days: (random) => String(between(random, 2, 120)),
    seat: (random) => `${between(random, 1, 42)}${pick(random, ["A", "C", "F"])}`,
    giftcard: (random) => Array.from({ length: 3 }, () => chars(random, 4, UPPER + DIGITS)).join("-"),
  },
  statements: [
    // Checkout
    "<stamp> INFO  [<thread>] c.a.checkout.CheckoutService - Order <order> placed by customer <provisional>, total=<priced>, items=<small>",
    "<stamp> INFO  [<thread>] c.a.checkout.CheckoutService - Order <order> cancelled by customer <provisional>, total=<priced>, items=<small>",
    "<stamp> WARN  [<thread>] c.a.checkout.CheckoutService - Order <order> has price mismatch: expected=<money> actual=<money>",
    "<stamp> WARN  [<thread>] c.a.checkout.CheckoutService - Order <order> has tax mismatch: expected=<money> actual=<money>",
    "<stamp> ERROR [<thread>] c.a.checkout.CheckoutController - Checkout failed for cart <cart>: java.lang.IllegalStateException: Cart is already locked by session <uuid>",
    "<stamp> ERROR [<thread>] c.a.checkout.CheckoutController - Checkout failed for cart <cart>: org.springframework.dao.OptimisticLockingFailureException: version <int> is stale",
    ["Cart <cart> abandoned after <human>", "Cart <cart> abandoned after <human>, reminder scheduled for <longday>"],
    "Merged guest cart <cart> into <cart> (<small> items, <small> duplicates)",
    "Coupon <coupon> applied to cart <cart>: -<money> (<share>)",
    "Coupon <coupon> rejected for cart <cart>: minimum order value <priced> not reached",
    "Coupon <coupon> rejected for cart <cart>: already redeemed by <email>",
    "POST /api/v1/checkout <status> <ms>ms cart=<cart> user=<user> ip=<ip>",
    "POST /api/v1/checkout/<cart>/confirm <status> <ms>ms user=<user> ip=<ip>",
    "GET /api/v1/orders/<orderid> <status> <ms>ms user=<user> ip=<ip>",
    // Payments
    '{"level":30,"time":<millis>,"pid":<pid>,"hostname":"<host>","service":"payments","paymentIntent":"<intent>","amount":<cents>,"currency":"<currency>","provider":"<provider>","msg":"payment authorized"}',
    '{"level":30,"time":<millis>,"pid":<pid>,"hostname":"<host>","service":"payments","paymentIntent":"<intent>","amount":<cents>,"currency":"<currency>","provider":"<provider>","msg":"payment captured"}',
    '{"level":50,"time":<millis>,"pid":<pid>,"hostname":"<host>","service":"payments","paymentIntent":"<intent>","declineCode":"insufficient_funds","card":"<card>","msg":"payment declined"}',
    '{"level":50,"time":<millis>,"pid":<pid>,"hostname":"<host>","service":"payments","paymentIntent":"<intent>","declineCode":"do_not_honor","card":"<card>","msg":"payment declined"}',
    "StripeCardError: Your card has expired. charge=<charge> request=req_<nanoid> customer=<customer>",
    "StripeCardError: Your card was declined. charge=<charge> request=req_<nanoid> customer=<customer>",
    "StripeInvalidRequestError: No such payment_intent: '<intent>'",
    "Stripe webhook <event> ignored: already processed at <iso>",
    "Stripe webhook signature verification failed for event from <ip> (tolerance <int>s, drift <took>)",
    "Adyen notification received: eventCode=AUTHORISATION pspReference=<psp> merchantReference=<order> success=<bool> amount=<decimal> <currency>",
    "Adyen notification received: eventCode=CHARGEBACK pspReference=<psp> merchantReference=<order> success=<bool> amount=<decimal> <currency>",
    "3DS challenge timed out for payment <intent> after <took>",
    "3DS challenge completed for payment <intent> after <took>",
    [
      "Refund <refund> of <priced> issued for charge <charge>",
      'Refund <refund> of <priced> issued for charge <charge>, reason="<query>"',
    ],
    "Refund <refund> of <money> failed: balance of <provider> account <account> is too low (<money>)",
    "Payout <payout> to <iban> settled: gross <money>, fees <money>, net <signed>",
    "Payout <payout> to <iban> returned by bank: account closed",
    "SEPA mandate for <person> (<iban>) revoked on <day>",
    "Retrying capture for <intent> in <took> (attempt <small> of <small>)",
    "Ledger out of balance for account <account>: debits <decimal> credits <decimal> diff <decimal>",
    // Invoices
    "<seconds> [INFO] billing.invoices: Invoice <invoice> for <person> finalized: <int> lines, subtotal <decimal>, VAT <share>, total <decimal>",
    "<seconds> [INFO] billing.invoices: Invoice <invoice> for <person> voided",
    "<seconds> [WARNING] billing.dunning: Invoice <invoice> is <days> days overdue, sending reminder level <small>",
    "<seconds> [ERROR] billing.pdf: Rendering invoice <invoice> failed: template '<template>' not found",
    "<seconds> [ERROR] billing.pdf: Rendering invoice <invoice> failed: timed out after <took>",
    "VIES check for <country><int> unavailable: MS_UNAVAILABLE, falling back to cached result of <day>",
    // Inventory
    "Reserved <int> x <sku> in <warehouse> for order <order>, expires in <took>",
    "Released <int> x <sku> in <warehouse> for order <order>",
    "Stock of <sku> in <warehouse> fell below threshold: <int> < <int>",
    'inventory level=error msg="negative stock" sku=<sku> warehouse="<warehouse>" on_hand=-<int> reserved=<int>',
    "Out of stock: <skus> requested by order <orderno>",
    "Backorder created for <orderno>: <skus>, ETA <day>",
    "stock sync with <warehouse> finished in <took>: <int> updated, <int> unchanged, <int> failed",
    'Product "<product>" (<sku>) repriced from <money> to <money>',
    'Product "<product>" (<sku>) unpublished: no image',
    'Product "<product>" (<sku>) unpublished: no price in <currency>',
    // Shipping
    "Label created: carrier=<carrier> tracking=<tracking> weight=<weight> order=<orderno>",
    "Label voided: carrier=<carrier> tracking=<tracking> order=<orderno>",
    "Shipment <tracking> delivered to <person> at <iso>",
    "Shipment <tracking> delayed: held at customs since <day>",
    "Shipment <tracking> delayed: address not found, returning to <warehouse>",
    "No rate found for <weight> to <country> with <carrier>, tried <list>",
    "Address validation changed '<person>, <country>' with confidence <score>",
    '{"timestamp":"<iso>","level":"error","message":"carrier api error","carrier":"<carrier>","status":<status>,"orderId":"<orderid>","retryable":<bool>,"durationMs":<ms>}',
    // Notifications
    "Email '<template>' queued for <email> (locale <locale>, id <uuid>)",
    "Email '<template>' bounced for <email>: 550 5.1.1 user unknown (id <uuid>)",
    "Email '<template>' bounced for <email>: 552 5.2.2 mailbox full (id <uuid>)",
    "SMS to <phone> accepted by provider, sid=<sid>, segments=<small>",
    "SMS to <phone> undelivered: error 30003 unreachable handset, sid=<sid>",
    "Push to device <hex> failed: BadDeviceToken",
    "Push to device <hex> failed: Unregistered",
    "Skipping newsletter for <email>: unsubscribed on <day>",
    "Campaign '<template>' sent to <int> of <int> recipients, <share> opened",
    // Subscriptions
    '{"@timestamp":"<iso>","log.level":"INFO","message":"subscription renewed","subscription":"<subscription>","customer":"<customer>","plan":"<plan>","periodEnd":"<iso>"}',
    '{"@timestamp":"<iso>","log.level":"WARN","message":"subscription past due","subscription":"<subscription>","customer":"<customer>","plan":"<plan>","attempts":<small>}',
    "Subscription <subscription> upgraded from <plan> to <plan>, proration <signed>",
    "Subscription <subscription> downgraded from <plan> to <plan> effective <longday>",
    "Trial of <account> ends in <days> days, no payment method on file",
    "Seat limit reached for <account>: <int>/<int>, cannot invite <email>",
    "Usage for <account> metered: <int> api calls, <int> GB, billed <money>",
    // Fraud and KYC
    "fraud: order=<order> score=<score> decision=review rules=<rules> ip=<ip> bin_country=<country>",
    "fraud: order=<order> score=<score> decision=block rules=<rules> ip=<ip> bin_country=<country>",
    "Velocity limit hit: <small> cards from device <hex> within <took>",
    "Chargeback rate of merchant <account> at <share>, limit <share>",
    "KYC applicant <applicant> approved: documents <list>, liveness <score>",
    "KYC applicant <applicant> rejected: document expired on <day>",
    "KYC applicant <applicant> rejected: selfie does not match document (similarity <score>)",
    "Sanctions screening for '<person>' returned <small> possible matches, highest <score>",
    "AML: transaction <uuid> of <priced> flagged by rule 'structuring' (<int> deposits in <human>)",
    // Import and export
    "Import <nanoid>: parsed <int> rows of <file> in <took>, <int> skipped",
    'Import <nanoid>: row <int>, column "<column>": invalid value "<cell>"',
    'Import <nanoid>: row <int>, column "<column>": required value is missing',
    "Import <nanoid>: row <int> duplicates row <int> (key <sku>)",
    "Export of <file> finished: <int> rows, <size>, uploaded in <took>",
    "Export of <file> aborted by <user> after <int> rows",
    "[ERP] IDoc <int> posted with status 53",
    "[ERP] IDoc <int> failed with status 51: <quoted>",
    '[<seconds>] production.ERROR: GDPR export for user <int> failed {"exception":"[object] (RuntimeException(code: 0): Disk quota exceeded at /var/www/app/Jobs/ExportUser.php:<int>)"}',
    "Anonymized <int> customers inactive since <day>",
    // Booking
    "Booking <pnr> confirmed: flight <flight> on <day>, <small> passengers, <money>",
    "Booking <pnr> changed: flight <flight> -> <flight>, fee <money>",
    "Booking <pnr> expired: payment not received within <human>",
    "Room <room> double booked: reservations <int> and <int> overlap from <day> to <day>",
    "Channel manager sync: rate for room <room> set to <money> for <int> nights",
    "Seat <seat> no longer available, offering alternatives <list>",
    // Loyalty
    "Credited <points> points to member <provisional> for order <order>",
    "Debited <points> points from member <provisional> for order <order>",
    "Member <provisional> promoted to <tier>: <points> points since <day>",
    "Expired <points> points of <int> members",
    "Gift card <giftcard> balance is <money>, cannot redeem <money>",
    // Search
    'search q="<query>" locale=<locale> hits=<int> took=<ms>ms page=<small>',
    'search q="<query>" returned no results, suggestions=<list>',
    "Reindexed <int> products into products_v<int> in <took>, <int> failed",
    "Synonym file <file> has <int> conflicts, keeping previous version",
    // Feature flags and experiments
    "Flag '<flag>' evaluated to <variant> for <user> (segments=<set>)",
    "Flag '<flag>' not found, using default <variant>",
    "Flag '<flag>' changed by <email>: rollout <share> -> <share>",
    "Experiment <flag> stopped: sample ratio mismatch, p=<score>",
    // Accounts and the like
    "I, [<iso> #<pid>]  INFO -- : [<uuid>] Completed <status> in <ms>ms (Views: <decimal>ms | ActiveRecord: <decimal>ms | Allocations: <int>)",
    "User <user> logged in from <ip> (<country>) with <ua>",
    "User <user> locked after <small> failed attempts from <ip>",
    "Password reset requested for unknown address <email>",
    "info: Acme.Loyalty.Jobs.NightlyJob[<small>] Processed <int> accounts in <took> (<int> errors)",
    "Exchange rates loaded: 1 <currency> = <decimal> <currency> as of <day>",
    "Support ticket <orderno> assigned to <person>, priority <small>, tags <set>",
    "Contract for '<person>' signed via DocuSign envelope <uuid>",
  ],
};
