const assert = require("node:assert");
const { total } = require("./price");

it("adds the prices up", () => {
  assert.strictEqual(total(["Green tea", "Black tea"]), 830);
});
