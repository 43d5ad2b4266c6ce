import { escapeHtml } from "../../core/notifications/html.ts";
import type { Block, SlackView, TextObject } from "../../core/notifications/slack-blocks.ts";
import type { InboxEmail } from "./email-inbox.ts";
import type { InboxMessage } from "./slack-inbox.ts";

// Messages hold log lines, and those hold whatever an attacker had logged: every text passes escapeHtml, the page has no
// script, and its policy allows none.

/** What a browser may load for the page: its style sheet, nothing else. Its forms go nowhere but here. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** The emoji that log0 writes; any other stays as it is written. */
const EMOJI: ReadonlyMap<string, string> = new Map([
  ["rotating_light", "🚨"],
  ["red_circle", "🔴"],
  ["large_orange_circle", "🟠"],
  ["large_blue_circle", "🔵"],
  ["white_check_mark", "✅"],
]);

/** Undoes Slack's escapes, in one pass: `&amp;lt;` shows as `&lt;`. */
function decodeSlack(text: string): string {
  return text.replaceAll(/&(amp|lt|gt);/g, (_, name: string) => (name === "amp" ? "&" : name === "lt" ? "<" : ">"));
}

const show = (text: string) => escapeHtml(decodeSlack(text));

/** A link, where it is one: nothing but http and https is followed. */
function link(url: string, label: string): string {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return escapeHtml(label);
  return `<a href="${escapeHtml(url)}" rel="noreferrer">${escapeHtml(label)}</a>`;
}

/** What stands between `<` and `>`: a date, a mention, or a link. */
function special(token: string): string {
  const bar = token.indexOf("|");
  const head = bar < 0 ? token : token.slice(0, bar);
  const label = bar < 0 ? head : token.slice(bar + 1);
  if (head.startsWith("!date^")) return show(label);
  if (/^[!@#]/.test(head)) return `<b class="mention">${show(label.replace(/^!/, "@"))}</b>`;
  return link(decodeSlack(head), decodeSlack(label));
}

function plainPart(text: string): string {
  return text
    .split(/(\*[^*\n]+\*|:[a-z_]+:)/)
    .map((part) => {
      if (/^\*\S(.*\S)?\*$/.test(part)) return `<b>${show(part.slice(1, -1))}</b>`;
      const emoji = EMOJI.get(part.slice(1, -1));
      return part.startsWith(":") && emoji !== undefined ? emoji : show(part);
    })
    .join("")
    .replaceAll("\n", "<br>\n");
}

/** Slack's mrkdwn as HTML: code blocks, bold, links, dates, mentions and escapes, as far as log0 uses them. */
export function renderMrkdwn(text: string): string {
  const fenced = text.split("```");
  return fenced
    .map((part, index) => {
      // A fence that nothing closes is text.
      if (index % 2 === 1 && index < fenced.length - 1) return `<pre>${show(part)}</pre>`;
      const open = index % 2 === 1 ? "```" : "";
      return part
        .split(/(<[^<>]*>)/)
        .map((piece) => (piece.startsWith("<") && piece.endsWith(">") ? special(piece.slice(1, -1)) : plainPart(piece)))
        .join("")
        .replace(/^/, open);
    })
    .join("");
}

function renderText({ type, text }: TextObject): string {
  return type === "plain_text" ? escapeHtml(text).replaceAll("\n", "<br>\n") : renderMrkdwn(text);
}

type ActionElement = Extract<Block, { type: "actions" }>["elements"][number];

/** A button or a menu that log0 answers, as a form. */
function control(element: ActionElement, ts: string, block: string): string {
  const label = element.type === "button" ? element.text.text : (element.placeholder?.text ?? "Choose");
  const options =
    element.type === "button"
      ? ""
      : `<select name="choice">${element.options
          .map(({ text, value }) => `<option value="${escapeHtml(value)}">${escapeHtml(text.text)}</option>`)
          .join("")}</select> `;
  const hidden = Object.entries({ ts, block, action: element.action_id ?? "" })
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`)
    .join("");
  return `<form method="post" action="/click">${hidden}${options}<button>${escapeHtml(label)}</button></form>`;
}

function renderElement(element: ActionElement, ts: string, block: string | undefined): string {
  if (element.type === "button" && element.url !== undefined) return link(element.url, element.text.text);
  if (block !== undefined) return control(element, ts, block);
  return element.type === "button" ? renderText(element.text) : "";
}

function renderBlock(block: Block, ts: string): string {
  switch (block.type) {
    case "header":
      return `<h2>${renderText(block.text)}</h2>`;
    case "section": {
      const text = block.text === undefined ? "" : `<div class="text">${renderText(block.text)}</div>`;
      const fields = (block.fields ?? []).map((field) => `<div>${renderText(field)}</div>`).join("");
      const aside = block.accessory === undefined ? "" : renderElement(block.accessory, ts, block.block_id);
      return fields === "" ? `${text}${aside}` : `${text}<div class="fields">${fields}</div>${aside}`;
    }
    case "context":
      return `<div class="context">${block.elements.map(renderText).join(" ")}</div>`;
    case "actions":
      return `<div class="actions">${block.elements
        .map((element) => renderElement(element, ts, block.block_id))
        .join(" ")}</div>`;
    case "divider":
      return "<hr>";
  }
}

function time(ms: number): string {
  return `<time>${new Date(ms).toISOString().replace("T", " ").slice(0, 19)} UTC</time>`;
}

function renderMessage({ channel, ts, threadTs, text, blocks, edits, postedAt, editedAt }: InboxMessage): string {
  const edited =
    editedAt === null ? "" : ` · edited ${edits === 1 ? "once" : `${edits} times`}, last ${time(editedAt)}`;
  const body =
    blocks.length === 0
      ? `<div class="text">${renderMrkdwn(text)}</div>`
      : blocks.map((block) => renderBlock(block, ts)).join("\n");
  return `<article id="m${escapeHtml(ts)}">
<p class="meta"><b>${escapeHtml(channel)}</b>${threadTs === undefined ? "" : `, <a href="#m${escapeHtml(threadTs)}">in a thread</a>`} · ${time(postedAt)}${edited}</p>
${body}
</article>`;
}

function renderEmail({ from, to, subject, text, receivedAt }: InboxEmail): string {
  return `<article>
<p class="meta">E-mail from ${escapeHtml(from)} to <b>${escapeHtml(to)}</b> · ${time(receivedAt)}</p>
<h2>${escapeHtml(subject)}</h2>
<pre>${escapeHtml(text)}</pre>
</article>`;
}

/** The inbox as a page that renews itself. @param messages newest first @param emails newest first */
export function renderInbox(messages: readonly InboxMessage[], emails: readonly InboxEmail[] = []): string {
  const total = messages.length + emails.length;
  const count = total === 1 ? "1 message" : `${total} messages`;
  const gone = emails.length === 0 ? "to Slack" : "to Slack and by e-mail";
  const shown = [
    ...messages.map((message) => ({ at: message.postedAt, html: renderMessage(message) })),
    ...emails.map((email) => ({ at: email.receivedAt, html: renderEmail(email) })),
  ].sort((a, b) => b.at - a.at);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="5">
<title>log0 inbox (${total})</title>
<link rel="stylesheet" href="/inbox.css">
</head>
<body>
<header><h1>log0 inbox</h1><p>${count} that would have gone ${gone}. As JSON: <a href="/messages">Slack</a>, <a href="/emails">e-mail</a></p></header>
<main>
${total === 0 ? "<p>Nothing yet.</p>" : shown.map(({ html }) => html).join("\n")}
</main>
</body>
</html>
`;
}

/** A modal as a page; it looks again until it is a form. */
export function renderModal(view: SlackView): string {
  const isForm = view.submit !== undefined;
  const parts = view.blocks.map((block) => {
    if (block.type !== "input") return renderBlock(block, "");
    const { element, label } = block;
    const input =
      element.type === "static_select"
        ? `<select name="${escapeHtml(element.action_id)}">${element.options
            .map(({ text, value }) => `<option value="${escapeHtml(value)}">${escapeHtml(text.text)}</option>`)
            .join("")}</select>`
        : `<textarea name="${escapeHtml(element.action_id)}"></textarea>`;
    return `<p><label>${escapeHtml(label.text)}<br>${input}</label></p>`;
  });
  const submit = isForm ? `<button>${escapeHtml(view.submit?.text ?? "")}</button> ` : "";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
${isForm ? "" : '<meta http-equiv="refresh" content="1">'}
<title>${escapeHtml(view.title.text)}</title>
<link rel="stylesheet" href="/inbox.css">
</head>
<body>
<form class="modal" method="post" action="/modal"><h1>${escapeHtml(view.title.text)}</h1>
${parts.join("\n")}
${submit}<a href="/">${escapeHtml(view.close?.text ?? "Close")}</a></form>
</body>
</html>
`;
}

export const INBOX_STYLE = `:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
header p, .meta, .context { color: light-dark(#555, #aaa); font-size: 13px; }
h1 { font-size: 1.3rem; margin: 0; }
h2 { font-size: 1.05rem; margin: .3rem 0 .6rem; overflow-wrap: anywhere; }
article { border: 1px solid light-dark(#ddd, #444); border-left: 4px solid #c33; border-radius: 6px; padding: .6rem 1rem 1rem; margin: 1rem 0; }
.meta { margin: 0; }
.text, .fields > div { overflow-wrap: anywhere; }
.text, .fields, .context, .actions { margin: .6rem 0; }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: .6rem 1rem; }
pre { background: light-dark(#f4f4f4, #222); border-radius: 4px; padding: .6rem; margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.actions form { display: inline-block; }
.actions a { display: inline-block; border: 1px solid currentColor; border-radius: 4px; padding: .2rem .7rem; text-decoration: none; }
`;
