export function withSession(handler: (request: Request) => Promise<Response>) {
  return async (request: Request) => {
    if (!request.headers.get("cookie")?.includes("session=")) {
      return Response.json({ error: "sign in first" }, { status: 401 });
    }
    return handler(request);
  };
}
