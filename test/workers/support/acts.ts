import * as z from "zod";
import type { AuditAction } from "../../../core/audit/actions.ts";
import { patterns } from "../../../schema/tables/logs.ts";
import { recordDeadLetter } from "../../../services/dead-letters/record.ts";
import { must } from "./api.ts";
import { createMember, freshEmail } from "./auth.ts";
import { hookUrl } from "./channels.ts";
import { slackId } from "./slack.ts";
import { createSource, type Tenant } from "./tenant.ts";

/** Where an act is done: a tenant, and an owner of it who is signed in. */
export interface Scene {
  tenant: Tenant;
  owner: string;
}

/** A request, and what it is to leave behind. */
export interface Deed {
  path: string;
  body?: object;
  target: string | ((answer: unknown) => string);
}

/** How a route is used once so that it succeeds, and once so that nothing happens. */
export interface Act {
  action: AuditAction;
  deed: (scene: Scene) => Promise<Deed> | Deed;
  /** The status of a use that changes nothing. */
  vain: (
    scene: Scene,
  ) => Promise<Omit<Deed, "target"> & { status: number }> | (Omit<Deed, "target"> & { status: number });
}

/** A part of every secret that goes in: no audit row may hold it. */
export const SECRET = "s3cr3t";

const NOBODY = "00000000-0000-4000-8000-000000000000";
const Id = z.object({ id: z.string() });
const idOf = (answer: unknown) => Id.parse(answer).id;

const secretUrl = () => hookUrl(`${crypto.randomUUID()}-${SECRET}`);

async function madeAt(scene: Scene, path: string, body: object): Promise<string> {
  return (await must(Id, scene.owner, "POST", path, body)).id;
}

const channelIn = (scene: Scene) =>
  madeAt(scene, "/channels", { kind: "webhook", name: crypto.randomUUID(), url: secretUrl() });
const keyIn = (scene: Scene) => madeAt(scene, "/keys", { name: `k${crypto.randomUUID()}`, scopes: ["read"] });
const invitationIn = (scene: Scene) => madeAt(scene, "/members/invitations", { email: freshEmail(), role: "member" });
const memberIn = async ({ tenant }: Scene) => (await createMember(tenant, "member")).userId;

/** Something that is known to the tenant. @returns its fingerprint */
async function patternIn({ tenant }: Scene): Promise<string> {
  const fingerprint = (crypto.randomUUID() + crypto.randomUUID()).replaceAll("-", "");
  await tenant.scope.db.insert(patterns).values({
    ...{ tenantId: tenant.id, fingerprint, template: "a", serviceName: "a", level: "ERROR" },
    ...{ firstSeenAt: 1, createdAt: 1 },
  });
  return fingerprint;
}

const pairIn = async (scene: Scene) => ({ fingerprint: await patternIn(scene), into: await patternIn(scene) });

async function deadLetterIn({ tenant }: Scene): Promise<string> {
  const message = { id: crypto.randomUUID(), tenantId: tenant.id, queue: "jobs", stage: "job-service" } as const;
  await recordDeadLetter(tenant.platform, { ...message, body: "{}", attempts: 1, error: new Error("e") });
  const page = z.object({ deadLetters: z.array(Id) });
  const [letter] = (await must(page, tenant.key, "GET", "/dead-letters?limit=1")).deadLetters;
  return letter?.id ?? "";
}

const install = (botToken: string) => ({ botToken, signingSecret: "0123456789abcdef0123456789abcdef" });
const endpoint = () => ({ baseUrl: `${secretUrl()}/v1`, model: "m", key: `key-${SECRET}` });

/** By route, as workers/routes/access.ts names them. */
export const ACTS: Readonly<Record<string, Act>> = {
  "POST /channels": {
    action: "channel.created",
    deed: () => ({
      path: "/channels",
      body: { kind: "webhook", name: "a", url: secretUrl() },
      target: (answer) => `channel:${idOf(answer)}`,
    }),
    vain: () => ({ path: "/channels", body: { kind: "webhook", name: "a", url: "http://10.0.0.1/x" }, status: 400 }),
  },
  "PATCH /channels/:id": {
    action: "channel.changed",
    deed: async (scene) => {
      const id = await channelIn(scene);
      return { path: `/channels/${id}`, body: { url: secretUrl() }, target: `channel:${id}` };
    },
    vain: () => ({ path: `/channels/${NOBODY}`, body: { name: "b" }, status: 404 }),
  },
  "DELETE /channels/:id": {
    action: "channel.deleted",
    deed: async (scene) => {
      const id = await channelIn(scene);
      return { path: `/channels/${id}`, target: `channel:${id}` };
    },
    vain: () => ({ path: `/channels/${NOBODY}`, status: 404 }),
  },
  "POST /channels/:id/test": {
    action: "channel.tested",
    deed: async (scene) => {
      const id = await channelIn(scene);
      return { path: `/channels/${id}/test`, target: `channel:${id}` };
    },
    vain: () => ({ path: `/channels/${NOBODY}/test`, status: 404 }),
  },
  "PUT /routing": {
    action: "routing.saved",
    deed: () => ({ path: "/routing", body: { routing: {}, version: 0 }, target: "routing" }),
    vain: () => ({ path: "/routing", body: { routing: {}, version: 7 }, status: 409 }),
  },
  "PUT /slack/install": {
    action: "slack.installed",
    deed: () => ({ path: "/slack/install", body: install(`xoxb-${slackId("T")}-${SECRET}`), target: "slack" }),
    vain: () => ({ path: "/slack/install", body: install("xoxb-T1-revoked"), status: 400 }),
  },
  "DELETE /slack/install": {
    action: "slack.removed",
    deed: async ({ owner }) => {
      await must(z.unknown(), owner, "PUT", "/slack/install", install(`xoxb-${slackId("T")}-own`));
      return { path: "/slack/install", target: "slack" };
    },
    vain: () => ({ path: "/slack/install", status: 404 }),
  },
  "PATCH /settings": {
    action: "settings.changed",
    deed: () => ({ path: "/settings", body: { threshold: 3 }, target: "tenant" }),
    vain: () => ({ path: "/settings", body: { threshold: 0 }, status: 400 }),
  },
  "PUT /settings/ai": {
    action: "ai-endpoint.set",
    deed: () => ({ path: "/settings/ai", body: endpoint(), target: "ai-endpoint" }),
    vain: () => ({ path: "/settings/ai", body: { ...endpoint(), baseUrl: "http://10.0.0.1/" }, status: 400 }),
  },
  "DELETE /settings/ai": {
    action: "ai-endpoint.removed",
    deed: async ({ owner }) => {
      await must(z.unknown(), owner, "PUT", "/settings/ai", endpoint());
      return { path: "/settings/ai", target: "ai-endpoint" };
    },
    vain: () => ({ path: "/settings/ai", status: 204 }),
  },
  "PUT /grouping/rules": {
    action: "grouping-rules.saved",
    deed: () => ({ path: "/grouping/rules", body: { rules: [], version: 0 }, target: "grouping-rules" }),
    vain: () => ({ path: "/grouping/rules", body: { rules: [], version: 7 }, status: 409 }),
  },
  "POST /grouping/merges": {
    action: "fingerprints.merged",
    deed: async (scene) => ({
      path: "/grouping/merges",
      body: await pairIn(scene),
      target: (answer) => `merge:${idOf(answer)}`,
    }),
    vain: async (scene) => {
      const fingerprint = await patternIn(scene);
      return { path: "/grouping/merges", body: { fingerprint, into: fingerprint }, status: 409 };
    },
  },
  "DELETE /grouping/merges/:id": {
    action: "fingerprints.split",
    deed: async (scene) => {
      const id = await madeAt(scene, "/grouping/merges", await pairIn(scene));
      return { path: `/grouping/merges/${id}`, target: `merge:${id}` };
    },
    vain: () => ({ path: `/grouping/merges/${NOBODY}`, status: 404 }),
  },
  "POST /dead-letters/replay": {
    action: "dead-letters.replayed",
    deed: async (scene) => {
      await deadLetterIn(scene);
      await deadLetterIn(scene);
      return { path: "/dead-letters/replay", target: "dead-letters" };
    },
    vain: () => ({ path: "/dead-letters/replay", status: 202 }),
  },
  "POST /dead-letters/:id/replay": {
    action: "dead-letters.replayed",
    deed: async (scene) => {
      const id = await deadLetterIn(scene);
      return { path: `/dead-letters/${id}/replay`, target: `dead-letter:${id}` };
    },
    vain: () => ({ path: `/dead-letters/${NOBODY}/replay`, status: 404 }),
  },
  "POST /sources": {
    action: "source.created",
    deed: () => ({ path: "/sources", body: { name: "a" }, target: (answer) => `source:${idOf(answer)}` }),
    vain: ({ tenant }) => ({ path: "/sources", body: { name: tenant.sourceId }, status: 409 }),
  },
  "PATCH /sources/:id": {
    action: "source.changed",
    deed: ({ tenant: { sourceId } }) => ({
      path: `/sources/${sourceId}`,
      body: { environment: "staging" },
      target: `source:${sourceId}`,
    }),
    vain: () => ({ path: `/sources/${NOBODY}`, body: { name: "a" }, status: 404 }),
  },
  "DELETE /sources/:id": {
    action: "source.deleted",
    deed: async ({ tenant }) => {
      const id = await createSource(tenant.id);
      return { path: `/sources/${id}`, target: `source:${id}` };
    },
    vain: () => ({ path: `/sources/${NOBODY}`, status: 404 }),
  },
  "POST /keys": {
    action: "key.created",
    deed: ({ tenant: { sourceId } }) => ({
      path: "/keys",
      body: { name: "a", scopes: ["ingest"], sourceId },
      target: (answer) => `key:${idOf(answer)}`,
    }),
    vain: () => ({ path: "/keys", body: { name: "b", scopes: ["ingest"], sourceId: NOBODY }, status: 400 }),
  },
  "POST /keys/:id/rotate": {
    action: "key.rotated",
    deed: async (scene) => {
      const id = await keyIn(scene);
      return { path: `/keys/${id}/rotate`, target: `key:${id}` };
    },
    vain: () => ({ path: `/keys/${NOBODY}/rotate`, status: 404 }),
  },
  "DELETE /keys/:id": {
    action: "key.revoked",
    deed: async (scene) => {
      const id = await keyIn(scene);
      return { path: `/keys/${id}`, target: `key:${id}` };
    },
    vain: () => ({ path: `/keys/${NOBODY}`, status: 404 }),
  },
  "PATCH /members/:id": {
    action: "member.role-changed",
    deed: async (scene) => {
      const id = await memberIn(scene);
      return { path: `/members/${id}`, body: { role: "admin" }, target: `user:${id}` };
    },
    vain: async (scene) => ({ path: `/members/${await memberIn(scene)}`, body: { role: "member" }, status: 200 }),
  },
  "DELETE /members/:id": {
    action: "member.removed",
    deed: async (scene) => {
      const id = await memberIn(scene);
      return { path: `/members/${id}`, target: `user:${id}` };
    },
    vain: () => ({ path: `/members/${NOBODY}`, status: 404 }),
  },
  "POST /members/invitations": {
    action: "member.invited",
    deed: () => ({
      path: "/members/invitations",
      body: { email: freshEmail(), role: "viewer" },
      target: (answer) => `invitation:${idOf(answer)}`,
    }),
    vain: async ({ tenant }) => {
      const { email } = await createMember(tenant, "member");
      return { path: "/members/invitations", body: { email, role: "viewer" }, status: 409 };
    },
  },
  "DELETE /members/invitations/:id": {
    action: "member.invitation-revoked",
    deed: async (scene) => {
      const id = await invitationIn(scene);
      return { path: `/members/invitations/${id}`, target: `invitation:${id}` };
    },
    vain: () => ({ path: `/members/invitations/${NOBODY}`, status: 404 }),
  },
  "DELETE /tenant": {
    action: "tenant.deletion-requested",
    deed: ({ tenant }) => ({ path: "/tenant", body: { confirm: tenant.name }, target: "tenant" }),
    vain: () => ({ path: "/tenant", body: { confirm: "another" }, status: 400 }),
  },
};
