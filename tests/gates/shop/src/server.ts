import { createServer } from "node:http";

import { withTax } from "./price.js";

createServer((_request, response) => {
  response.setHeader("content-type", "text/html");
  response.end(`<h1>Corner shop</h1><p>Bread: ${String(withTax(300, 25))}</p>`);
}).listen(Number(process.env.PORT));
