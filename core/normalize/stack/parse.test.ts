import { describe, expect, test } from "vitest";
import { parseStackTrace } from "../index.ts";

/** Each row: what it shows, the trace, its language, exception type and first frame of the application. */
const TRACES: readonly (readonly [string, string, string, string, string])[] = [
  [
    "Java: the last cause, framework frames skipped, lambda numbers stripped",
    `java.lang.RuntimeException: Could not place order 42
	at org.springframework.web.servlet.DispatcherServlet.doDispatch(DispatcherServlet.java:1040)
	at com.acme.OrderController.lambda$place$3(OrderController.java:55)
	... 12 more
Caused by: java.sql.SQLTimeoutException: timeout after 30s
	at com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:213)
	at app//com.acme.OrderRepository.lambda$find$7(OrderRepository.java:81)
	... 40 more`,
    "java",
    "java.sql.SQLTimeoutException",
    "com.acme.OrderRepository.lambda$find (OrderRepository.java)",
  ],
  [
    "Java: a foreign root cause is placed by the exception that wraps it",
    `Exception in thread "main" com.acme.ShopException: no
	at com.acme.Shop$$EnhancerBySpringCGLIB$$1a2b3c.buy(<generated>)
	at com.acme.Shop.buy(Shop.kt:9)
Caused by: java.io.IOException: broken pipe
	at java.base/sun.nio.ch.FileDispatcherImpl.write0(Native Method)
	... 9 more`,
    "java",
    "java.io.IOException",
    "com.acme.Shop.buy (Shop.kt)",
  ],
  [
    "JavaScript: dependencies and the runtime are skipped",
    `TypeError: Cannot read properties of undefined (reading 'id')
    at Layer.handle (/app/node_modules/express/lib/router/layer.js:95:5)
    at async OrderService.place (/srv/releases/20240501/dist/order-service.js:12:34)
    at processTicksAndRejections (node:internal/process/task_queues:95:5)`,
    "javascript",
    "TypeError",
    "OrderService.place (order-service.js)",
  ],
  [
    "JavaScript: the innermost cause",
    `Error: checkout failed
    at checkout (/app/src/checkout.ts:3:9) {
  [cause]: RangeError: bad amount
      at amount (/app/src/money.ts:1:1)
}`,
    "javascript",
    "RangeError",
    "amount (money.ts)",
  ],
  [
    "browsers: build hashes are stripped",
    "TypeError: e is undefined\npay@https://shop.example/assets/checkout.3f2a9c1b.js:1:20331",
    "javascript",
    "TypeError",
    "pay (checkout.js)",
  ],
  [
    "Python: the frame nearest to the raise, the first of chained exceptions",
    `Traceback (most recent call last):
  File "/srv/app/orders.py", line 10, in place
    stock[sku]
  File "/usr/lib/python3.12/site-packages/store/core.py", line 1, in get
    raise KeyError(sku)
KeyError: 'x'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/app/api.py", line 3, in handle
    place()
app.errors.OrderError: could not place`,
    "python",
    "KeyError",
    "place (orders.py)",
  ],
  [
    "Go: the panic machinery, arguments, closures and addresses are stripped",
    `panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x48f2a1]

goroutine 34 [running]:
panic({0x4b1c60?, 0x5572d0?})
	/usr/local/go/src/runtime/panic.go:770 +0x132
github.com/acme/shop/orders.(*Service).Place.func1(0xc0000b4000)
	/home/ci/build/orders/service.go:42 +0x1d`,
    "go",
    "runtime error",
    "orders.(*Service).Place (service.go)",
  ],
  [
    "Ruby",
    `NoMethodError (undefined method 'x' for nil):

/usr/lib/ruby/gems/3.0.0/gems/activesupport/lib/a.rb:3:in 'call'
app/services/checkout.rb:33:in 'block in Checkout#charge'`,
    "ruby",
    "NoMethodError",
    "charge (checkout.rb)",
  ],
  [
    "PHP: the place of the throw is the first frame",
    `PHP Fatal error:  Uncaught App\\PaymentError: declined in /var/www/html/src/Payments.php:33
Stack trace:
#0 /var/www/html/src/Checkout.php(12): App\\Payments->charge(Array)
#1 {main}`,
    "php",
    "App\\PaymentError",
    "App\\Payments->charge (Payments.php)",
  ],
  [
    ".NET: the inner exception, state machines undone",
    `System.InvalidOperationException: Sequence contains no elements
 ---> System.TimeoutException: The operation has timed out.
   at Npgsql.NpgsqlConnector.Connect(Int32 timeout)
   at Acme.Orders.OrderService.<PlaceAsync>d__4.MoveNext() in /src/Orders/OrderService.cs:line 42
   --- End of inner exception stack trace ---
   at Acme.Api.Program.Main(String[] args)`,
    "dotnet",
    "System.TimeoutException",
    "Acme.Orders.OrderService.PlaceAsync (OrderService.cs)",
  ],
  [
    "Rust: hashes and closures are stripped",
    `thread 'main' panicked at src/orders.rs:10:5:
called \`Option::unwrap()\` on a \`None\` value
stack backtrace:
   0: rust_begin_unwind
             at /rustc/abc/library/std/src/panicking.rs:645:5
   1: shop::orders::place::{{closure}}::h0123456789abcdef
             at ./src/orders.rs:10:5`,
    "rust",
    "panic",
    "shop::orders::place (orders.rs)",
  ],
  [
    "Rust without a backtrace: the place of the panic",
    "thread 'w' panicked at 'boom', src/jobs.rs:1:2",
    "rust",
    "panic",
    "jobs.rs",
  ],
];

test.each(TRACES)("%s", (_, trace, language, exceptionType, firstStackFrame) => {
  expect(parseStackTrace(trace)).toMatchObject({ language, exceptionType, firstStackFrame });
});

/** What another deployment of the same code changes: positions, directories, addresses, generated numbers. */
function redeployed(trace: string): string {
  return trace
    .replace(/:(\d+)(?=[):\n]|$)/g, (_, line: string) => `:${Number(line) + 7}`)
    .replace(/line \d+/g, "line 99")
    .replace(/\.php\(\d+\)/g, ".php(77)")
    .replace(/0x[0-9a-f]+/g, "0xbeef")
    .replace(/lambda\$(\w+)\$\d+/g, "lambda$$$1$$42")
    .replace(/d__\d+/g, "d__9")
    .replace(/h0123456789abcdef/g, "hfedcba9876543210")
    .replaceAll("/srv/releases/20240501/", "/srv/releases/20250101/")
    .replaceAll("/srv/app/", "/home/deploy/current/")
    .replaceAll("/home/ci/build/", "/go/work/")
    .replaceAll("3f2a9c1b", "00ffee12");
}

describe("two deployments of the same error give the same result", () => {
  test.each(TRACES)("%s", (_, trace) => {
    const { exceptionType, firstStackFrame } = parseStackTrace(trace) ?? {};
    expect(parseStackTrace(redeployed(trace))).toMatchObject({ exceptionType, firstStackFrame });
  });
});

test.each(TRACES)("a message may lead: %s", (_, trace, language, exceptionType, firstStackFrame) => {
  expect(parseStackTrace(`2024-05-01 ERROR request failed\n${trace}`)).toMatchObject({
    language,
    exceptionType,
    firstStackFrame,
  });
});

test.each(["", "no trace here", "at last", "File not found\nat all", "#1 in line", "goroutine leak"])(
  "%j is no trace",
  (text) => {
    expect(parseStackTrace(text)).toBeUndefined();
  },
);

test("a trace of frameworks alone is named by its first frame", () => {
  const trace = "java.lang.Error: x\n\tat java.util.List.of(List.java:1)\n\tat org.apache.A.b(A.java:2)";
  expect(parseStackTrace(trace)?.firstStackFrame).toBe("java.util.List.of (List.java)");
});
