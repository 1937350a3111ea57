import { isPrefix, UriWarehouse } from "@floe/core/storage";
import { describe, expect, it } from "vitest";

const lake = new UriWarehouse(["s3://lake", "s3a://lake"], "wh/prod");

describe("a warehouse below a prefix of a bucket", () => {
  it("places namespaces as folders", () => {
    expect(lake.uri).toBe("s3://lake/wh/prod");
    expect(lake.uriOf("")).toBe("s3://lake/wh/prod");
    expect(lake.uriOf("sales.europe")).toBe("s3://lake/wh/prod/sales/europe");
    expect(new UriWarehouse(["gs://lake"], "").uriOf("bronze")).toBe("gs://lake/bronze");
  });

  it.each(["..", "a..b", "a/b", "a\\b", ".a", "a.", "a\0"])("refuses %j as a namespace", (namespace) => {
    expect(() => lake.uriOf(namespace)).toThrow(
      expect.objectContaining({ code: "STORAGE.OUTSIDE_WAREHOUSE" }),
    );
  });

  it.each([
    ["s3://lake/wh/prod/a b%20+#?&=/ü", "wh/prod/a b%20+#?&=/ü"],
    ["s3a://lake/wh/prod/x", "wh/prod/x"],
    ["s3://lake/wh/prod/a//b", "wh/prod/a//b"],
    ["s3://lake/wh/prod/..almost/...", "wh/prod/..almost/..."],
    ["s3://lake/wh/prod/folder/", "wh/prod/folder/"],
  ])("takes %s literally", (location, key) => {
    expect(lake.keyOf(location)).toBe(key);
  });

  it.each([
    "",
    "s3://lake",
    "s3://lake/wh/prod",
    "s3://lake/wh/prod/",
    "s3://lake/wh/prod-2/x",
    "s3://lake/wh/x",
    "s3://lake/wh/prod/../x",
    "s3://lake/wh/prod/a/../../x",
    "s3://lake/wh/prod/a/..",
    "s3://lake/wh/prod/a/./b",
    "s3://lake/wh/prod/a\\..\\..\\x",
    "s3://lake/wh/prod/a\0b",
    "s3://lake/wh/prod/\ud800",
    "s3://lake2/wh/prod/x",
    "S3://lake/wh/prod/x",
    "gs://lake/wh/prod/x",
    "wh/prod/x",
    "/wh/prod/x",
  ])("refuses %j", (location) => {
    expect(() => lake.keyOf(location)).toThrow(
      expect.objectContaining({ code: "STORAGE.OUTSIDE_WAREHOUSE" }),
    );
  });

  it.each(["", "warehouse", "lake/prod", "col=1/ä b"])("may be below %j", (prefix) => {
    expect(isPrefix(prefix)).toBe(true);
  });

  it.each(["/", "/a", "a/", "a//b", "..", "a/../b", ".", "a?b", "a#b", "a\\b", "a\nb", "\ud800"])(
    "can't be below %j",
    (prefix) => {
      expect(isPrefix(prefix)).toBe(false);
    },
  );
});
