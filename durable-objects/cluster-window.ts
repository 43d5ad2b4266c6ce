import { DurableObject } from "cloudflare:workers";
import {
  applyDelivery,
  type Delivery,
  IDLE_MS,
  nextDeadline,
  type Outcome,
  onDeadline,
  quietUntil,
  type WindowSettings,
  type WindowState,
} from "../core/clusters/window.ts";
import { errorMessage } from "../core/errors.ts";
import type { IncidentEvent } from "../schema/contracts/incident-event.ts";
import { type Platform, scopeTo } from "../services/platform.ts";
import { tenantState } from "../services/tenants/tenant-state.ts";
import type { Env } from "../workers/env.ts";
import { platformOf } from "../workers/platform.ts";
import { heldIn, wipeStorage } from "./wipe.ts";

/** How soon the alarm looks after an event that could not be sent at once. */
const RESEND_MS = 2_000;

/** Storage and alarm around the window state machine of one (tenant, environment, fingerprint). */
export class ClusterWindow extends DurableObject<Env> {
  private readonly platform: Platform;
  private state: WindowState | undefined;
  private settings: WindowSettings | undefined;
  private alarmAt: number | null | undefined;
  /** Nothing is kept any more, until this object is evicted: what comes now was under way. */
  private wiped = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.platform = platformOf(env);
    const kept = ctx.storage.kv.get<{ state: WindowState; settings: WindowSettings }>("window");
    this.state = kept?.state;
    this.settings = kept?.settings;
  }

  /** Counts a delivery, exactly once. @returns until when more counts change nothing (Unix ms; 0 when they may) */
  deliver(delivery: Delivery): number {
    if (this.wiped) throw new Error("the window's tenant is deleted");
    const now = this.platform.now();
    const { settings } = delivery;
    const outcome = applyDelivery(this.state, delivery, now);
    this.commit(outcome, settings);
    this.arm(outcome.events.length > 0 ? now + RESEND_MS : nextDeadline(outcome.state, settings));
    return quietUntil(outcome.state, settings, now);
  }

  override async alarm(): Promise<void> {
    this.alarmAt = null;
    if (this.state === undefined || this.settings === undefined) return;
    if (await this.isOver(this.state.tenantId)) return await this.wipe();
    if (this.state === undefined) return;
    const now = this.platform.now();
    try {
      const outcome = onDeadline(this.state, this.settings, now);
      if (outcome.events.length > 0) this.commit(outcome, this.settings);
      await this.send();
      if (this.state === undefined) return;
      if (now >= this.state.touchedAt + IDLE_MS) {
        this.state = undefined;
        await this.ctx.storage.deleteAll();
        return;
      }
      this.arm(nextDeadline(this.state, this.settings));
    } catch (error) {
      console.error({ message: "window alarm failed", error: errorMessage(error) });
      this.arm(now + RESEND_MS * 5);
    }
  }

  /** Ends for good: its tenant is deleted. */
  async wipe(): Promise<void> {
    this.wiped = true;
    this.state = undefined;
    await wipeStorage(this.ctx.storage);
  }

  held(): Promise<number> {
    return heldIn(this.ctx.storage);
  }

  /** Whether the tenant is gone: nobody may know this window any more. While D1 does not answer, it goes on. */
  private async isOver(tenantId: string): Promise<boolean> {
    return (await tenantState(scopeTo(this.platform, tenantId)).catch(() => undefined)) === "gone";
  }

  /** Writes the state and the events that it causes together; the events go out afterwards. */
  private commit(outcome: Outcome, settings: WindowSettings): void {
    const { storage } = this.ctx;
    storage.transactionSync(() => {
      storage.kv.put("window", { state: outcome.state, settings });
      // Numbered, and so listed, in the order in which they were said: an update before its crossing opens nothing.
      const number = String(outcome.state.emitted).padStart(12, "0");
      for (const event of outcome.events) storage.kv.put(`outbox:${number}`, event);
    });
    this.state = outcome.state;
    this.settings = settings;
    if (outcome.events.length === 0) return;
    this.ctx.waitUntil(
      this.send().catch((error: unknown) => {
        console.error({ message: "incident event waits for the alarm", error: errorMessage(error) });
      }),
    );
  }

  private async send(): Promise<void> {
    const waiting = [...this.ctx.storage.kv.list<IncidentEvent>({ prefix: "outbox:" })];
    for (const [key, event] of waiting) {
      await this.platform.queues["incident-events"].send(event, { contentType: "json" });
      this.ctx.storage.kv.delete(key);
    }
  }

  private arm(at: number): void {
    if (this.wiped) return;
    if (this.alarmAt != null && this.alarmAt <= at) return;
    this.alarmAt = at;
    void this.ctx.storage.setAlarm(at);
  }
}
