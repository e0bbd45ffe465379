import { withSession } from "../../../lib/auth";

export const GET = withSession(async () => Response.json([]));
