const assert = require("node:assert");
const { test } = require("bun:test");
const { total } = require("./price");

test("adds the prices up", () => {
  assert.strictEqual(total(["Green tea", "Black tea"]), 830);
});
