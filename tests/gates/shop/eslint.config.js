import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import typescript from "typescript-eslint";

export default defineConfig(
  { ignores: ["dist", "out", "coverage"] },
  js.configs.recommended,
  typescript.configs.recommended,
);
