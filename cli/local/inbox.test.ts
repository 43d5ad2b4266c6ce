import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { postMessage, updateMessage } from "../../services/notifications/slack-api.ts";
import { readInbox } from "./api-client.ts";
import { type Inbox, startInbox } from "./inbox.ts";
