import "./support/bindings.ts";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { acknowledgeIncident } from "../../services/incidents/acknowledge.ts";
import { assignIncident } from "../../services/incidents/assign.ts";
import { stopClock } from "./support/clock.ts";
import { accepted, deadLettersOf, incidentOf, incidentsOf } from "./support/http.ts";
import { events } from "./support/logs.ts";
import { deliver, settle } from "./support/pipeline.ts";
import { take } from "./support/queues.ts";
import {
  callsAt,
  click,
  createPerson,
  interact,
  type Person,
  PLATFORM_TEAM,
  script,
  slackCalls,
  slackReplies,
} from "./support/slack.ts";
import { createTenant, type Tenant } from "./support/tenant.ts";

beforeAll(stopClock);

interface Scene {
  tenant: Tenant;
  incidentId: string;
  engineer: Person;
}

async function scene(): Promise<Scene> {
  const tenant = await createTenant();
  const engineer = await createPerson(tenant);
  await accepted(tenant.key, events(12));
  await settle(tenant);
  const [incident] = await incidentsOf(tenant);
  return { tenant, incidentId: incident?.id ?? "", engineer };
}

const ViewCall = z.object({
  trigger_id: z.string().optional(),
  view_id: z.string().optional(),
  view: z.looseObject({
    callback_id: z.string(),
    private_metadata: z.string(),
    blocks: z.array(z.looseObject({ type: z.string() })),
  }),
});

/** The modals that were opened and changed for an incident, in order. */
async function modals({ incidentId }: Scene) {
  return (await callsAt(env.SLACK_BOT_TOKEN ?? ""))
    .filter(({ method, body }) => method.startsWith("views.") && JSON.stringify(body).includes(incidentId))
    .map(({ method, body }) => ({ method, ...ViewCall.parse(body) }));
}

/** Opens the form, as a person. @returns the form as it stands in the end */
async function openForm(one: Scene, by: Person = one.engineer) {
  await click({ ...one, by, action: "assign" });
  const last = (await modals(one)).at(-1);
  if (last === undefined) throw new Error("no form was opened");
  return last.view;
}

function submit(view: Awaited<ReturnType<typeof openForm>>, by: Person, assigneeId: string, note?: string) {
  return interact({
    type: "view_submission",
    team: { id: PLATFORM_TEAM },
    user: { id: by.slackUserId, team_id: PLATFORM_TEAM },
    trigger_id: `1.2.${crypto.randomUUID()}`,
    view: {
      ...view,
      id: "V1",
      state: {
        values: {
          assignee: { assignee: { type: "static_select", selected_option: { value: assigneeId } } },
          note: { note: { type: "plain_text_input", value: note ?? null } },
        },
      },
    },
  });
}

const directs = (person: Person) => callsAt(`D-${person.slackUserId}`);

describe("Assign", () => {
  test("opens a modal at once, which becomes a form with the tenant's engineers and a note", async () => {
    const one = await scene();
    const other = await createPerson(one.tenant, "admin");
    const viewer = await createPerson(one.tenant, "viewer");
    await openForm(one);
    const [opened, form, ...rest] = await modals(one);
    expect(rest).toEqual([]);
    expect([opened?.method, form?.method]).toEqual(["views.open", "views.update"]);
    const text = JSON.stringify(form?.view.blocks);
    for (const { email } of [one.engineer, other]) expect(text).toContain(email);
    expect(text).not.toContain(viewer.email);
    expect(text).toContain("plain_text_input");
  });

  test("shows no names to who may not assign", async () => {
    const one = await scene();
    const view = await openForm(one, await createPerson(one.tenant, "viewer"));
    expect(JSON.stringify(view)).toContain("not change");
    expect(JSON.stringify(view)).not.toContain(one.engineer.email);
  });

  test("assigns, tells the thread with the note, and the assignee once in a direct message", async () => {
    const one = await scene();
    const assignee = await createPerson(one.tenant);
    const view = await openForm(one);
    const response = await submit(view, one.engineer, assignee.userId, "it is <yours>");
    expect([response.status, await response.text()]).toEqual([200, ""]);
    const { history, status } = await incidentOf(one.tenant, one.incidentId);
    expect(status).toBe("ASSIGNED");
    expect(history.at(-1)).toMatchObject({ actor: `slack:${one.engineer.slackUserId}`, change: "ASSIGNED" });
    const waiting = take("notification-events", one.tenant.id);
    for (let n = 0; n < 3; n++) await deliver("notification-events", waiting);
    await settle(one.tenant);
    const [post] = await slackCalls(one.tenant);
    expect(post?.method).toBe("chat.postMessage");
    expect(JSON.stringify((await slackCalls(one.tenant)).at(-1)?.body.blocks)).toContain(
      `*Assignee*\\n${assignee.email}`,
    );
    const replies = await slackReplies(one.tenant);
    expect(replies).toHaveLength(1);
    expect(replies[0]?.text).toContain(
      `Assigned to ${assignee.email} by <@${one.engineer.slackUserId}>.\n> it is &lt;yours&gt;`,
    );
    const messages = await directs(assignee);
    expect(messages.map(({ method }) => method)).toEqual(["chat.postMessage"]);
    expect(messages[0]?.body.text).toContain("You have been assigned");
    expect(messages[0]?.body.text).toContain("&lt;yours&gt;");
    expect(await deadLettersOf(one.tenant)).toEqual([]);
  });

  test("by two from the same state: one wins, the other is told who has it", async () => {
    const one = await scene();
    const rival = await createPerson(one.tenant);
    const forms = [await openForm(one), await openForm(one, rival)] as const;
    await Promise.all([submit(forms[0], one.engineer, one.engineer.userId), submit(forms[1], rival, rival.userId)]);
    const { history } = await incidentOf(one.tenant, one.incidentId);
    expect(history.map(({ change }) => change)).toEqual(["OPENED", "ASSIGNED"]);
    const told = (await callsAt(one.tenant.channel)).filter(({ method }) => method === "chat.postEphemeral");
    expect(told).toHaveLength(1);
    expect(told[0]?.body.text).toContain("Somebody was faster: the incident is ASSIGNED to");
  });

  test("to somebody of another tenant changes nothing", async () => {
    const one = await scene();
    const stranger = await createPerson(await createTenant(), "owner");
    await submit(await openForm(one), one.engineer, stranger.userId);
    expect(await incidentOf(one.tenant, one.incidentId)).toMatchObject({ status: "NEW" });
  });
});

describe("a direct message", () => {
  const assign = (one: Scene, assignee: Person) =>
    assignIncident(one.tenant.scope, one.incidentId, { assigneeId: assignee.userId, actor: "system" });

  test("goes to each new assignee, and to nobody twice", async () => {
    const one = await scene();
    const second = await createPerson(one.tenant);
    for (const person of [one.engineer, second]) {
      await assign(one, person);
      await settle(one.tenant);
    }
    await acknowledgeIncident(one.tenant.scope, one.incidentId, "system");
    await settle(one.tenant);
    for (const person of [one.engineer, second]) expect(await directs(person)).toHaveLength(1);
    expect((await slackReplies(one.tenant)).map(({ text }) => text.split("\n")[0])).toEqual([
      `Assigned to ${one.engineer.email}.`,
      `Assigned to ${second.email}.`,
      "Acknowledged.",
    ]);
  });

  test("to an engineer whom Slack does not know is left out, and the message is shown all the same", async () => {
    const one = await scene();
    const unknown = await createPerson(one.tenant, "member", { team_id: "TELSEWHERE" });
    await assign(one, unknown);
    await settle(one.tenant);
    expect(await directs(unknown)).toEqual([]);
    expect(JSON.stringify((await slackCalls(one.tenant)).at(-1)?.body.blocks)).toContain("ASSIGNED");
    expect(await deadLettersOf(one.tenant)).toEqual([]);
  });

  test.each([
    { name: "500", answers: [{ status: 500, body: {} }], count: 2, twice: true },
    { name: "429", answers: [{ status: 429, headers: { "retry-after": "1" }, body: {} }], count: 2, twice: false },
    {
      name: "an app that may not",
      answers: [{ status: 200, body: { ok: false, error: "missing_scope" } }],
      count: 1,
      twice: false,
    },
    {
      name: "a refusal for good",
      answers: [{ status: 200, body: { ok: false, error: "is_archived" } }],
      count: 1,
      twice: false,
    },
  ])("after $name is tried as often as it helps", async ({ answers, count, twice }) => {
    const one = await scene();
    await script({ channel: `D-${one.engineer.slackUserId}` }, answers);
    await assign(one, one.engineer);
    await settle(one.tenant);
    const messages = await directs(one.engineer);
    expect(messages).toHaveLength(count);
    expect(messages.at(-1)?.body.text.includes("twice")).toBe(twice);
    expect(await slackReplies(one.tenant)).toHaveLength(1);
    expect(JSON.stringify((await slackCalls(one.tenant)).at(-1)?.body.blocks)).toContain("ASSIGNED");
    expect(await deadLettersOf(one.tenant)).toEqual([]);
  });
});
