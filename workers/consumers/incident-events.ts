import { Log0Error } from "../../core/errors.ts";
import { IncidentEvent } from "../../schema/contracts/incident-event.ts";
import { recordIncidentEvent } from "../../services/incidents/record-event.ts";
import { type Platform, scopeTo } from "../../services/platform.ts";
import { consumeEach } from "./consume.ts";

/** `incident-events` → incidents in D1, and the messages that follow. */
export async function consumeIncidentEvents(batch: MessageBatch, platform: Platform): Promise<void> {
  await consumeEach(
    batch,
    platform,
    { queue: "incident-events", stage: "incident-service", attempts: 9 },
    async (body) => {
      const event = IncidentEvent.safeParse(body);
      if (!event.success)
        throw new Log0Error("invalid_message", `not an incident event: ${event.error.issues[0]?.message}`);
      await recordIncidentEvent(scopeTo(platform, event.data.tenantId), event.data);
    },
  );
}
