import { describe, expect, it } from "vitest";

import { withTax } from "./price.js";

describe("a price", () => {
  it("gets its tax", () => {
    expect(withTax(1000, 25)).toBe(1250);
  });

  it("is never negative", () => {
    expect(() => withTax(-1, 25)).toThrow(RangeError);
  });
});
