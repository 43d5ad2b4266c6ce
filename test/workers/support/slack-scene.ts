import { and, eq } from "drizzle-orm";
import { incidents } from "../../../schema/tables/incidents.ts";
import { saveInstall } from "../../../services/slack/save-install.ts";
import { accepted, incidentOf, incidentsOf } from "./http.ts";
import { events } from "./logs.ts";
import { settle } from "./pipeline.ts";
import { queued } from "./queues.ts";
import { type Click, callsAt, createPerson, type Person } from "./slack.ts";
import { createTenant, type Tenant } from "./tenant.ts";

export const OWN_SECRET = "0123456789abcdef0123456789abcdef";

export interface Scene {
  tenant: Tenant;
  incidentId: string;
  engineer: Person;
  /** Where the fake Slack keeps what the clicker is told. */
  told: string;
}

/** A tenant with one incident in Slack, and an engineer. */
export async function scene(own?: { team: string }): Promise<Scene> {
  const tenant = await createTenant();
  if (own !== undefined) {
    await saveInstall(tenant.scope, {
      kind: "token",
      teamId: own.team,
      teamName: "own",
      botUserId: "UBOT",
      botToken: `xoxb-${own.team}-${tenant.id}`,
      signingSecret: OWN_SECRET,
      actor: "system",
    });
  }
  const engineer = await createPerson(tenant, "member", own === undefined ? {} : { team_id: own.team });
  await accepted(tenant.key, events(12));
  await settle(tenant);
  const [incident] = await incidentsOf(tenant);
  if (incident === undefined) throw new Error("no incident");
  return { tenant, incidentId: incident.id, engineer, told: crypto.randomUUID() };
}

export const clickOf = ({ tenant, incidentId, engineer, told }: Scene, more: Partial<Click> = {}): Click => ({
  tenant,
  incidentId,
  by: engineer,
  action: "acknowledge",
  respond: told,
  ...more,
});

export const answers = async ({ told }: Scene) => (await callsAt(`respond/${told}`)).map(({ body }) => body);

/** Everything that a request could have changed. */
export async function everything({ tenant, incidentId }: Scene): Promise<unknown> {
  return {
    incident: await incidentOf(tenant, incidentId),
    row: await tenant.scope.db
      .select()
      .from(incidents)
      .where(and(eq(incidents.tenantId, tenant.id), eq(incidents.id, incidentId)))
      .get(),
    messages: queued("notification-events", tenant.id),
    calls: await callsAt(tenant.channel),
  };
}
