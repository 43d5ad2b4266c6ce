import { once } from "node:events";
import { createServer } from "node:net";
import { UsageError } from "../tenant/input.ts";

/**
 * The port on the loopback address, or a free one for 0, which somebody else may take until it is used.
 *
 * @param option names the option that chooses another
 * @throws UsageError when the port is taken, or may not be had
 */
export async function availablePort(port: number, option: string): Promise<number> {
  const probe = createServer();
  try {
    probe.listen(port, "127.0.0.1");
    await once(probe, "listening");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const why = code === "EADDRINUSE" ? "is taken (another npm start?)" : `cannot be had (${String(code ?? error)})`;
    throw new UsageError(`port ${port} ${why}: choose another with ${option} N`);
  }
  const address = probe.address();
  const closed = once(probe, "close");
  probe.close();
  await closed;
  return typeof address === "object" && address !== null ? address.port : port;
}
