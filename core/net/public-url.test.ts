import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { publicUrl } from "./public-url.ts";

const production = { ownHosts: ["log0.example.workers.dev"], allowLocal: false };
const local = { ...production, allowLocal: true };

describe("a tenant may set", () => {
  test.each([
    "https://hooks.acme.com/log0",
    "https://hooks.acme.com:8443/a?b=c",
    "https://acme.com./x",
    "https://8.8.8.8/",
    "https://[2606:4700:4700::1111]/",
    "https://localhost.acme.com/",
    "https://bücher.example/",
    "https://example.workers.dev/",
    "https://notlog0.example.workers.dev/",
  ])("%s", (url) => {
    expect(publicUrl(url, production).protocol).toBe("https:");
  });

  test("a URL whose fragment is dropped", () => {
    expect(publicUrl("https://acme.com/a#b", production).href).toBe("https://acme.com/a");
  });
});

describe("a tenant may not set", () => {
  test.each([
    ["no URL", "acme"],
    ["http", "http://acme.com/"],
    ["another scheme", "ftp://acme.com/"],
    ["a script", "javascript:alert(1)"],
    ["data", "data:text/plain,x"],
    ["a file", "file:///etc/passwd"],
    ["credentials", "https://user:password@acme.com/"],
    ["a user", "https://user@acme.com/"],
    ["loopback", "https://127.0.0.1/"],
    ["loopback, shortened", "https://127.1/"],
    ["loopback, decimal", "https://2130706433/"],
    ["loopback, hexadecimal", "https://0x7f000001/"],
    ["loopback, octal", "https://0177.0.0.1/"],
    ["loopback, mixed", "https://0x7f.0.0.01/"],
    ["loopback, full-width digits", "https://\uff11\uff12\uff17.0.0.1/"],
    ["loopback, percent-encoded", "https://%31%32%37.0.0.1/"],
    ["loopback, with a dot after it", "https://127.0.0.1./"],
    ["this host", "https://0.0.0.0/"],
    ["this network", "https://0/"],
    ["private, 10/8", "https://10.1.2.3/"],
    ["private, 172.16/12", "https://172.31.255.255/"],
    ["private, 192.168/16", "https://192.168.0.1/"],
    ["link-local: the metadata service", "https://169.254.169.254/latest/meta-data"],
    ["carrier-grade NAT", "https://100.64.0.1/"],
    ["multicast", "https://224.0.0.1/"],
    ["broadcast", "https://255.255.255.255/"],
    ["reserved", "https://240.0.0.1/"],
    ["documentation", "https://192.0.2.1/"],
    ["benchmarking", "https://198.18.0.1/"],
    ["IPv6 loopback", "https://[::1]/"],
    ["IPv6 unspecified", "https://[::]/"],
    ["IPv6 unique local", "https://[fd00::1]/"],
    ["IPv6 link-local", "https://[fe80::1]/"],
    ["IPv6 site-local", "https://[fec0::1]/"],
    ["IPv6 multicast", "https://[ff02::1]/"],
    ["IPv6 documentation", "https://[2001:db8::1]/"],
    ["IPv4-mapped", "https://[::ffff:127.0.0.1]/"],
    ["IPv4-mapped, of a public address", "https://[::ffff:8.8.8.8]/"],
    ["IPv4-compatible", "https://[::127.0.0.1]/"],
    ["IPv4-translated", "https://[::ffff:0:127.0.0.1]/"],
    ["NAT64", "https://[64:ff9b::7f00:1]/"],
    ["NAT64, of a network", "https://[64:ff9b:1::1]/"],
    ["6to4", "https://[2002:7f00:1::]/"],
    ["Teredo", "https://[2001::1]/"],
    ["localhost", "https://localhost/"],
    ["LOCALHOST.", "https://LOCALHOST./"],
    ["below localhost", "https://a.localhost/"],
    [".local", "https://printer.local/"],
    [".internal", "https://metadata.google.internal/"],
    [".home.arpa", "https://router.home.arpa/"],
    ["a single label", "https://intranet/"],
    ["two dots at the end", "https://acme.com../"],
    ["its own host", "https://log0.example.workers.dev/api/v1/logs"],
    ["its own host, with a dot after it", "https://LOG0.example.workers.dev./"],
    ["a host below its own", "https://a.log0.example.workers.dev/"],
    ["3,000 characters", `https://acme.com/${"a".repeat(3_000)}`],
  ])("%s", (_, url) => {
    expect(() => publicUrl(url, production)).toThrow(expect.objectContaining({ code: "invalid_url" }));
  });

  test("any IPv4 address of 10/8 or 127/8, however it is written", () => {
    const address = fc.tuple(fc.constantFrom(10, 127), fc.nat({ max: 0xffffff }));
    fc.assert(
      fc.property(address, fc.constantFrom(10, 16, 8), ([net, rest], base) => {
        const prefix = { 10: "", 16: "0x", 8: "0" }[base] ?? "";
        for (const host of [
          prefix + (net * 0x1000000 + rest).toString(base),
          `${prefix}${net.toString(base)}.${prefix}${rest.toString(base)}`,
        ]) {
          expect(() => publicUrl(`https://${host}/`, production)).toThrow();
        }
      }),
    );
  });
});

describe("where local URLs are allowed", () => {
  test.each(["http://127.0.0.1:8080/x", "https://127.0.0.1/", "http://[::1]:80/"])("%s may be set", (url) => {
    expect(publicUrl(url, local).href).toBe(new URL(url).href);
  });

  test.each(["http://acme.com/", "http://10.0.0.1/", "https://169.254.169.254/", "http://localhost/"])(
    "%s still may not",
    (url) => {
      expect(() => publicUrl(url, local)).toThrow(expect.objectContaining({ code: "invalid_url" }));
    },
  );
});
