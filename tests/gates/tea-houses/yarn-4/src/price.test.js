const assert = require("node:assert");
const { test } = require("node:test");
const { total } = require("./price");

test("adds the prices up", () => {
  assert.strictEqual(total(["Green tea", "Black tea"]), 830);
});
