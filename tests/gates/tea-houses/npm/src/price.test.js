const { total } = require("./price");

test("adds the prices up", () => {
  expect(total(["Green tea", "Black tea"])).toBe(830);
});
