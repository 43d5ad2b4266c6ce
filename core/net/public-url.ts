import ipaddr from "ipaddr.js";
import { Log0Error } from "../errors.ts";

/** What a deployment says of the URLs that its tenants may set. */
export interface UrlPolicy {
  /** The deployment's own host names: they and all below them are refused. */
  ownHosts: readonly string[];
  /** On a developer's machine and in tests only: loopback addresses, also without TLS. */
  allowLocal: boolean;
}

const MAX_URL_CHARACTERS = 2_048;

/** Names that mean this machine, this network, or nothing. */
const LOCAL_SUFFIXES = [
  "localhost",
  "localdomain",
  "local",
  "internal",
  "intranet",
  "private",
  "corp",
  "home",
  "lan",
  "arpa",
  "onion",
  "invalid",
];

/** The addresses that are given out for the public net; IPv4 in an IPv6 coat (`::a.b.c.d`) lies outside. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR("2000::/3");

function isWithin(host: string, suffix: string): boolean {
  return host === suffix || host.endsWith(`.${suffix}`);
}

/** Whether an address is one that anybody on the net can have. */
function isPublicAddress(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address.range() !== "unicast") return false;
  return address.kind() === "ipv4" || address.match(GLOBAL_IPV6);
}

/** Why no message may go to this host; undefined when it may. @param host as WHATWG URLs write it */
function refusalOf(host: string, { ownHosts, allowLocal }: UrlPolicy): string | undefined {
  const bare = host.replace(/^\[|\]$/g, "");
  if (ipaddr.isValid(bare)) {
    const address = ipaddr.parse(bare);
    if (allowLocal && address.range() === "loopback") return undefined;
    return isPublicAddress(address) ? undefined : "its address is not a public one";
  }
  const name = host.replace(/\.$/, "");
  if (!name.includes(".") || name.endsWith(".")) return "its host is not a public name";
  if (LOCAL_SUFFIXES.some((suffix) => isWithin(name, suffix))) return "its host is not a public name";
  if (ownHosts.some((own) => isWithin(name, own.toLowerCase()))) return "it is log0's own";
  return undefined;
}

/**
 * A URL that a tenant may have messages sent to: https, without credentials, of a public host. The URL standard's parser
 * has written every spelling of an address (decimal, octal, hexadecimal, full-width digits) in the one that is checked. A
 * name is not resolved here: what it resolves to is the platform's concern, whose network has no private hosts.
 * @throws Log0Error invalid_url, saying why
 */
export function publicUrl(text: string, policy: UrlPolicy): URL {
  if (text.length > MAX_URL_CHARACTERS || !URL.canParse(text)) throw refused("it is not a URL");
  const url = new URL(text);
  const reason = refusalOf(url.hostname, policy);
  if (reason !== undefined) throw refused(reason);
  const isLocal = policy.allowLocal && refusalOf(url.hostname, { ...policy, allowLocal: false }) !== undefined;
  if (url.protocol !== "https:" && !(isLocal && url.protocol === "http:")) throw refused("it is not https");
  if (url.username !== "" || url.password !== "") throw refused("it holds credentials");
  url.hash = "";
  return url;
}

function refused(reason: string): Log0Error {
  return new Log0Error("invalid_url", `the URL cannot be used: ${reason}`);
}
