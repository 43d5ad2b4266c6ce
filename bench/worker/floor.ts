/** The floor: what a Worker costs that only parses the JSON and answers 202. */
export default {
  async fetch(request) {
    const body: unknown = await request.json();
    const received =
      typeof body === "object" && body !== null && "logs" in body && Array.isArray(body.logs) ? body.logs.length : 1;
    return Response.json({ received }, { status: 202 });
  },
} satisfies ExportedHandler;
