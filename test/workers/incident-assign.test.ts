import "./support/bindings.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { escalateIncident } from "../../services/incidents/escalate.ts";
import { stopClock } from "./support/clock.ts";
import { problemOf } from "./support/http.ts";
import {
  changesOf,
  conflictOf,
  createUser,
  detailOf,
  done,
  openIncident,
  send,
  withIncident,
} from "./support/incidents.ts";
import { settle } from "./support/pipeline.ts";
import { take } from "./support/queues.ts";
import { slackCalls } from "./support/slack.ts";
import { createTenant } from "./support/tenant.ts";

beforeAll(stopClock);

describe("assigning", () => {
  test("gives an incident to an engineer, tells who, and may be done again with another", async () => {
    const { tenant, id } = await withIncident();
    const [ann, bob] = [await createUser(tenant), await createUser(tenant, "admin")];
    take("notification-events", tenant.id);
    await done(tenant, "PATCH", `/incidents/${id}/assign`, { assigneeId: ann, note: "yours" });
    expect(take("notification-events", tenant.id)).toMatchObject([
      { body: { notificationType: "INCIDENT_ASSIGNED", assignedToUserId: ann, status: "ASSIGNED" } },
    ]);
    await done(tenant, "PATCH", `/incidents/${id}/status`, { status: "ASSIGNED", assigneeId: bob });
    const { history, ...incident } = await detailOf(tenant, id);
    expect(incident).toMatchObject({ status: "ASSIGNED", assigneeId: bob });
    expect(history.slice(1)).toMatchObject([
      { change: "ASSIGNED", fromStatus: "NEW", toStatus: "ASSIGNED", note: "yours", subject: ann },
      { change: "ASSIGNED", fromStatus: "ASSIGNED", toStatus: "ASSIGNED", note: null, subject: bob },
    ]);
  });

  test("shows in the same Slack message", async () => {
    const { tenant, id } = await withIncident();
    await done(tenant, "PATCH", `/incidents/${id}/assign`, { assigneeId: await createUser(tenant) });
    await settle(tenant);
    const methods = (await slackCalls(tenant)).map((one) => one.method);
    expect(methods.filter((method) => method === "chat.postMessage")).toHaveLength(1);
  });

  test("to the one who has it → 409, and so for the second of two equal clicks", async () => {
    const { tenant, id } = await withIncident();
    const body = { assigneeId: await createUser(tenant) };
    const path = `/incidents/${id}/assign`;
    const answers = await Promise.all([send(tenant, "PATCH", path, body), send(tenant, "PATCH", path, body)]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
    for (const loser of answers.filter((answer) => !answer.ok)) {
      expect(await conflictOf(loser)).toContain(`ASSIGNED to ${body.assigneeId}`);
    }
    expect(await changesOf(tenant, id)).toEqual(["OPENED", "ASSIGNED"]);
  });

  test("by two who saw nobody have it: one wins", async () => {
    const { tenant, id } = await withIncident();
    const [ann, bob] = [await createUser(tenant), await createUser(tenant)];
    const answers = await Promise.all(
      [ann, bob].map((assigneeId) => send(tenant, "PATCH", `/incidents/${id}/assign`, { assigneeId, from: null })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
    const { assigneeId } = await detailOf(tenant, id);
    expect(answers[assigneeId === ann ? 0 : 1]?.status).toBe(200);
  });

  test("to somebody who may not take incidents, or of another tenant → 400, and nothing happens", async () => {
    const { tenant, id } = await withIncident();
    const others = [await createUser(await createTenant()), await createUser(tenant, "viewer"), crypto.randomUUID()];
    for (const assigneeId of others) {
      const response = await send(tenant, "PATCH", `/incidents/${id}/assign`, { assigneeId });
      expect(response.status).toBe(400);
      expect(await problemOf(response)).toMatchObject({ code: "invalid_query" });
    }
    expect(await changesOf(tenant, id)).toEqual(["OPENED"]);
  });

  test("of an acknowledged one → 409", async () => {
    const { tenant, id } = await withIncident();
    await done(tenant, "PATCH", `/incidents/${id}/acknowledge`);
    const assigneeId = await createUser(tenant);
    const response = await send(tenant, "PATCH", `/incidents/${id}/assign`, { assigneeId });
    expect(await conflictOf(response)).toContain("ACKNOWLEDGED");
  });
});

describe("a comment", () => {
  test("is history, on a resolved incident too, and changes nothing else", async () => {
    const { tenant, id } = await withIncident();
    await done(tenant, "PATCH", `/incidents/${id}/resolve`);
    const before = await detailOf(tenant, id);
    const text = `<b>it was</b> & is "the" 'cache'`;
    expect(await done(tenant, "POST", `/incidents/${id}/comments`, { text })).toMatchObject({ note: text });
    const { history, ...incident } = await detailOf(tenant, id);
    expect(incident).toMatchObject({ status: "RESOLVED", version: before.version });
    expect(history.at(-1)).toMatchObject({ change: "COMMENTED", note: text, fromStatus: "RESOLVED" });
  });

  test.each([{ text: "" }, { text: " " }, { text: "x".repeat(10_001) }, {}])(
    "of $text.length characters → 400",
    async (body) => {
      const { tenant, id } = await withIncident();
      expect((await send(tenant, "POST", `/incidents/${id}/comments`, body)).status).toBe(400);
      expect(await changesOf(tenant, id)).toEqual(["OPENED"]);
    },
  );

  test("of 10,000 characters is kept whole", async () => {
    const { tenant, id } = await withIncident();
    await done(tenant, "POST", `/incidents/${id}/comments`, { text: "é".repeat(10_000) });
    expect((await detailOf(tenant, id)).history.at(-1)?.note).toHaveLength(10_000);
  });
});

describe("an escalation", () => {
  test("happens once, says so, and not to an incident that somebody looks after", async () => {
    const { tenant, id } = await withIncident();
    take("notification-events", tenant.id);
    await escalateIncident(tenant.scope, id, "rule:r1");
    expect(take("notification-events", tenant.id)).toMatchObject([
      { body: { notificationType: "INCIDENT_ESCALATED" } },
    ]);
    await expect(escalateIncident(tenant.scope, id)).rejects.toThrow("NEW, escalated");
    const other = await openIncident(tenant, "search");
    await done(tenant, "PATCH", `/incidents/${other}/acknowledge`);
    await expect(escalateIncident(tenant.scope, other)).rejects.toThrow("ACKNOWLEDGED");
    expect((await detailOf(tenant, id)).history.at(-1)).toMatchObject({ change: "ESCALATED", actor: "rule:r1" });
  });
});
