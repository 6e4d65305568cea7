import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FUNCTIONS } from '../../../collectors/read/terraform/evaluate/functions/index.ts';
import { evaluateAll } from './helpers.ts';

const FILES = {
  'hello.txt': 'Hello World', 'backends.tftpl': '%{ for addr in ip_addrs ~}\nbackend ${addr}:${port}\n%{ endfor ~}\n',
  'config.tftpl': '%{ for config_key, config_value in config }\nset ${config_key} = ${config_value}\n%{ endfor }\n',
  'files/a.txt': 'a', 'files/b.txt': 'b', 'files/sub/c.md': 'c', 'data.json': '{"a": [1, true, null]}',
};
const sha = (algorithm: string, encoding: 'hex' | 'base64', text = 'hello world'): string => createHash(algorithm).update(text).digest(encoding);

/** Expression and value, after the examples of the language's reference. */
const TABLE: Record<string, [string, unknown][]> = {
  numeric: [
    ['abs(-12.4)', 12.4], ['ceil(5.1)', 6], ['ceil(-0.5)', 0], ['floor(4.9)', 4], ['floor(-1.5)', -2], ['log(50, 10)', Math.log(50) / Math.log(10)], ['log(16, 2)', 4], ['ceil(log(15, 2))', 4],
    ['max(12, 54, 3)', 54], ['max([12, 54, 3]...)', 54], ['min(12, 54, 3)', 3], ['parseint("100", 10)', 100], ['parseint("FF", 16)', 255], ['parseint("-10", 2)', -2], ['parseint("1011111011101111", 2)', 48879],
    ['parseint("aA", 62)', 656], ['pow(3, 2)', 9], ['pow(4, 0)', 1], ['signum(-13)', -1], ['signum(0)', 0], ['signum(344)', 1], ['sum([10, 13, 6, 4.5])', 33.5],
  ],
  string: [
    ['chomp("hello\\n")', 'hello'], ['chomp("hello\\r\\n")', 'hello'], ['chomp("hello\\n\\n")', 'hello'], ['endswith("hello world", "world")', true], ['endswith("hello world", "hello")', false],
    ['format("Hello, %s!", "Ander")', 'Hello, Ander!'], ['format("There are %d lights", 4)', 'There are 4 lights'], ['format("%#v", {a = [1, "x"]})', '{"a":[1,"x"]}'], ['format("%05d|%-5s|%5.1f|%x|%X|%o|%b|%q|%t|%e|%%", 42, "ab", 3.14159, 255, 255, 8, 5, "q\\"", true, 12345.678)', '00042|ab   |  3.1|ff|FF|10|101|"q\\""|true|1.234568e+04|%'],
    ['format("%[2]s %[1]s", "a", "b")', 'b a'], ['format("%v %v", true, 1.5)', 'true 1.5'], ['format("%+d", 3)', '+3'], ['format("%03d", -5)', '-05'],
    ['formatlist("Hello, %s!", ["Valentina", "Ander", "Olivia", "Sam"])', ['Hello, Valentina!', 'Hello, Ander!', 'Hello, Olivia!', 'Hello, Sam!']],
    ['formatlist("%s, %s!", "Salutations", ["Valentina", "Ander"])', ['Salutations, Valentina!', 'Salutations, Ander!']],
    ['"  items: ${indent(2, "[\\n  foo,\\n  bar,\\n]\\n")}"', '  items: [\n    foo,\n    bar,\n  ]\n  '], ['join("-", ["foo", "bar", "baz"])', 'foo-bar-baz'], ['join(", ", ["foo"])', 'foo'],
    ['lower("HELLO")', 'hello'], ['lower("АЛЛО!")', 'алло!'], ['upper("алло!")', 'АЛЛО!'],
    ['regex("[a-z]+", "53453453.345345aaabbbccc23454")', 'aaabbbccc'], ['regex("(\\\\d\\\\d\\\\d\\\\d)-(\\\\d\\\\d)-(\\\\d\\\\d)", "2019-02-01")', ['2019', '02', '01']],
    ['regex("^(?:(?P<scheme>[^:/?#]+):)?(?://(?P<authority>[^/?#]*))?", "https://terraform.io/docs/")', { scheme: 'https', authority: 'terraform.io' }],
    ['regex("[[:alpha:]]+", "12ab")', 'ab'], ['regex("(?i)AB", "xab")', 'ab'], ['can(regex("x+", "y"))', false],
    ['regexall("[a-z]+", "1234abcd5678efgh9")', ['abcd', 'efgh']], ['length(regexall("[a-z]+", "123456789"))', 0],
    ['replace("1 + 2 + 3", "+", "-")', '1 - 2 - 3'], ['replace("hello world", "/w.*d/", "everybody")', 'hello everybody'], ['replace("a1b2", "/([a-z])([0-9])/", "$2$1")', '1a2b'],
    ['split(",", "foo,bar,baz")', ['foo', 'bar', 'baz']], ['split(",", "")', ['']], ['startswith("hello world", "hello")', true], ['startswith("hello world", "world")', false],
    ['strcontains("hello world", "wor")', true], ['strcontains("hello world", "wod")', false], ['strrev("hello")', 'olleh'], ['strrev("a ☃")', '☃ a'], ['substr("hello world", 1, 4)', 'ello'], ['substr("🤔🤷", 0, 1)', '🤔'], ['substr("hello world", -5, -1)', 'world'], ['substr("hello world", 6, 10)', 'world'],
    ['templatestring(local.t, { name = "x" })', 'Hello, x!'], ['title("hello world")', 'Hello World'], ['trim("?!hello?!", "!?")', 'hello'], ['trim("foobar", "far")', 'oob'], ['trim("   hello! world.!  ", "! ")', 'hello! world.'], ['trimprefix("helloworld", "hello")', 'world'], ['trimprefix("helloworld", "cat")', 'helloworld'], ['trimsuffix("helloworld", "world")', 'hello'], ['trimspace("  hello\\n\\n")', 'hello'],
  ],
  collection: [
    ['alltrue(["true", true])', true], ['alltrue([true, false])', false], ['alltrue([])', true], ['anytrue(["true"])', true], ['anytrue([true, false])', true], ['anytrue([])', false],
    ['chunklist(["a", "b", "c", "d", "e"], 2)', [['a', 'b'], ['c', 'd'], ['e']]], ['chunklist(["a", "b", "c"], 1)', [['a'], ['b'], ['c']]], ['coalesce("a", "b")', 'a'], ['coalesce("", "b")', 'b'], ['coalesce(1, 2)', 1], ['coalesce(["", "b"]...)', 'b'],
    ['coalescelist(["a", "b"], ["c", "d"])', ['a', 'b']], ['coalescelist([], ["c", "d"])', ['c', 'd']], ['compact(["a", "", "b", null, "c"])', ['a', 'b', 'c']], ['concat(["a", ""], ["b", "c"])', ['a', '', 'b', 'c']],
    ['contains(["a", "b", "c"], "a")', true], ['contains(["a", "b", "c"], "d")', false], ['distinct(["a", "b", "a", "c", "d", "b"])', ['a', 'b', 'c', 'd']], ['element(["a", "b", "c"], 1)', 'b'], ['element(["a", "b", "c"], 3)', 'a'], ['element(["a", "b", "c"], -1)', 'c'], ['element(["a", "b", "c"], length(["a", "b", "c"])-1)', 'c'],
    ['flatten([["a", "b"], [], ["c"]])', ['a', 'b', 'c']], ['flatten([[["a", "b"], []], ["c"]])', ['a', 'b', 'c']], ['index(["a", "b", "c"], "b")', 1], ['keys({a = 1, c = 2, d = 3})', ['a', 'c', 'd']], ['keys({b = 1, a = 2})', ['a', 'b']],
    ['length([])', 0], ['length(["a", "b"])', 2], ['length({"a" = "b"})', 1], ['length("hello")', 5], ['length("👾🕹️")', 2], ['lookup({a = "ay", b = "bee"}, "a", "what?")', 'ay'], ['lookup({a = "ay"}, "c", "what?")', 'what?'],
    ['matchkeys(["i-123", "i-abc", "i-def"], ["us-west", "us-east", "us-east"], ["us-east"])', ['i-abc', 'i-def']], ['merge({a = "b", c = "d"}, {e = "f", c = "z"})', { a: 'b', c: 'z', e: 'f' }], ['merge({a = "b"}, {a = [1, 2], c = "z"}, {d = 3})', { a: [1, 2], c: 'z', d: 3 }], ['merge([{a = "b"}, {c = "d"}]...)', { a: 'b', c: 'd' }], ['merge({a = 1}, null)', { a: 1 }],
    ['one([])', null], ['one(["hello"])', 'hello'], ['one(["hello", "goodbye"])', 'error: one: there is more than one element'], ['range(3)', [0, 1, 2]], ['range(1, 4)', [1, 2, 3]], ['range(1, 8, 2)', [1, 3, 5, 7]], ['range(4, 1)', [4, 3, 2]], ['range(10, 5, -2)', [10, 8, 6]], ['reverse([1, 2, 3])', [3, 2, 1]],
    ['setintersection(["a", "b"], ["b", "c"], ["b", "d"])', ['b']], ['setproduct(["development", "staging"], ["app1", "app2"])', [['development', 'app1'], ['development', 'app2'], ['staging', 'app1'], ['staging', 'app2']]], ['setsubtract(["a", "b", "c"], ["a", "c"])', ['b']], ['setunion(["a", "b"], ["b", "c"], ["d"])', ['a', 'b', 'c', 'd']],
    ['slice(["a", "b", "c", "d"], 1, 3)', ['b', 'c']], ['sort(["e", "d", "a", "x"])', ['a', 'd', 'e', 'x']], ['sum([1, "2"])', 3], ['transpose({"a" = ["1", "2"], "b" = ["2", "3"]})', { 1: ['a'], 2: ['a', 'b'], 3: ['b'] }], ['values({a = 3, c = 2, d = 1})', [3, 2, 1]], ['zipmap(["a", "b"], [1, 2])', { a: 1, b: 2 }],
  ],
  encoding: [
    ['base64decode("SGVsbG8gV29ybGQ=")', 'Hello World'], ['base64encode("Hello World")', 'SGVsbG8gV29ybGQ='], ['csvdecode("a,b,c\\n1,2,3\\n4,5,6")', [{ a: '1', b: '2', c: '3' }, { a: '4', b: '5', c: '6' }]], ['csvdecode("a,b\\n\\"x, \\"\\"y\\"\\"\\",2")', [{ a: 'x, "y"', b: '2' }]],
    ['jsondecode("{\\"hello\\": \\"world\\"}")', { hello: 'world' }], ['jsondecode("true")', true], ['jsonencode({"hello"="world"})', '{"hello":"world"}'], ['jsonencode({b = 1, a = [true, null, "x<y"]})', '{"a":[true,null,"x\\u003cy"],"b":1}'], ['jsonencode("hello\\nworld")', '"hello\\nworld"'],
    ['textdecodebase64("SABlAGwAbABvACAAVwBvAHIAbABkAA==", "UTF-16LE")', 'Hello World'], ['textencodebase64("Hello World", "UTF-16LE")', 'SABlAGwAbABvACAAVwBvAHIAbABkAA=='], ['textencodebase64("é", "ISO-8859-1")', '6Q=='],
    ['urlencode("Hello World!")', 'Hello+World%21'], ['urlencode("☃")', '%E2%98%83'], ['"http://example.com/search?q=${urlencode("terraform urlencode")}"', 'http://example.com/search?q=terraform+urlencode'],
    ['yamldecode("hello: world")', { hello: 'world' }], ['yamldecode("true")', true], ['yamldecode("{a: &foo [1, 2, 3], b: *foo}")', { a: [1, 2, 3], b: [1, 2, 3] }], ['yamldecode("a: ~\\nb: 1.5\\nc: [x]\\n")', { a: null, b: 1.5, c: ['x'] }],
    ['yamlencode({"a":"b", "c":"d"})', '"a": "b"\n"c": "d"\n'], ['yamlencode({"foo":[1, 2, 3], "bar": "baz"})', '"bar": "baz"\n"foo":\n- 1\n- 2\n- 3\n'], ['yamlencode({"foo":[1, {"a":"b","c":"d"}, 3], "bar": "baz"})', '"bar": "baz"\n"foo":\n- 1\n- "a": "b"\n  "c": "d"\n- 3\n'],
    ['yamldecode(yamlencode({a = {b = ["x\\ny\\n", "", {}], c = []}, d = "t\\nu"}))', { a: { b: ['x\ny\n', '', {}], c: [] }, d: 't\nu' }], ['jsonencode(base64gzip("x")) != ""', true],
  ],
  filesystem: [
    ['basename("foo/bar/baz.txt")', 'baz.txt'], ['dirname("foo/bar/baz.txt")', 'foo/bar'], ['pathexpand("/etc/resolv.conf")', '/etc/resolv.conf'], ['file("${path.module}/hello.txt")', 'Hello World'], ['fileexists("${path.module}/hello.txt")', true], ['fileexists("no.txt")', false], ['filebase64("hello.txt")', 'SGVsbG8gV29ybGQ='],
    ['fileset(path.module, "files/*.txt")', ['files/a.txt', 'files/b.txt']], ['fileset("files", "{a,b}.txt")', ['a.txt', 'b.txt']], ['fileset("files", "**")', ['a.txt', 'b.txt', 'sub/c.md']], ['fileset(path.module, "files/**/*.md")', ['files/sub/c.md']],
    ['templatefile("${path.module}/backends.tftpl", { port = 8080, ip_addrs = ["10.0.0.1", "10.0.0.2"] })', 'backend 10.0.0.1:8080\nbackend 10.0.0.2:8080\n'], ['templatefile("config.tftpl", { config = { "x" = "y", "foo" = "bar" } })', '\nset foo = bar\n\nset x = y\n\n'], ['jsondecode(file("data.json"))', { a: [1, true, null] }],
    ['filemd5("hello.txt")', sha('md5', 'hex', 'Hello World')], ['filesha1("hello.txt")', sha('sha1', 'hex', 'Hello World')], ['filesha256("hello.txt")', sha('sha256', 'hex', 'Hello World')], ['filesha512("hello.txt")', sha('sha512', 'hex', 'Hello World')], ['filebase64sha256("hello.txt")', sha('sha256', 'base64', 'Hello World')], ['filebase64sha512("hello.txt")', sha('sha512', 'base64', 'Hello World')],
    ['file("../outside.txt")', 'error: file: path "../outside.txt" leaves the scanned folder'], ['abspath("/a/b")', '/a/b'],
  ],
  datetime: [
    ['formatdate("DD MMM YYYY hh:mm ZZZ", "2018-01-02T23:12:01Z")', '02 Jan 2018 23:12 UTC'], ['formatdate("EEEE, DD-MMM-YY hh:mm:ss ZZZ", "2018-01-02T23:12:01Z")', 'Tuesday, 02-Jan-18 23:12:01 UTC'], ['formatdate("EEE, DD MMM YYYY hh:mm:ss ZZZ", "2018-01-02T23:12:01-08:00")', 'Tue, 02 Jan 2018 23:12:01 -0800'], ['formatdate("MMM DD, YYYY", "2018-01-02T23:12:01Z")', 'Jan 02, 2018'], ['formatdate("HH:mmaa", "2018-01-02T23:12:01Z")', '11:12pm'], ['formatdate("h\'h\'mm", "2018-01-02T03:12:01Z")', '3h12'],
    ['timeadd("2017-11-22T00:00:00Z", "10m")', '2017-11-22T00:10:00Z'], ['timeadd("2017-11-22T00:00:00Z", "-1h30m")', '2017-11-21T22:30:00Z'], ['timecmp("2017-11-22T00:00:00Z", "2017-11-22T00:00:00Z")', 0], ['timecmp("2017-11-22T00:00:00Z", "2017-11-22T01:00:00Z")', -1], ['timecmp("2017-11-22T01:00:00Z", "2017-11-22T01:00:00+01:00")', 1],
  ],
  hash: [
    ['md5("hello world")', '5eb63bbbe01eeed093cb22bb8f5acdc3'], ['sha1("hello world")', '2aae6c35c94fcfb415dbe95f408b9ce91ee846ed'], ['sha256("hello world")', 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9'], ['sha512("hello world")', sha('sha512', 'hex')], ['base64sha256("hello world")', 'uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek='], ['base64sha512("hello world")', sha('sha512', 'base64')],
    ['uuidv5("dns", "www.terraform.io")', 'a5008fae-b28c-5ba5-96cd-82b4c53552d6'], ['uuidv5("url", "https://www.terraform.io/")', '9db6f67c-dd95-5ea0-aa5b-e70e5c5f7cf5'], ['uuidv5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.terraform.io")', 'a5008fae-b28c-5ba5-96cd-82b4c53552d6'],
  ],
  network: [
    ['cidrhost("10.12.112.0/20", 16)', '10.12.112.16'], ['cidrhost("10.12.112.0/20", 268)', '10.12.113.12'], ['cidrhost("fd00:fd12:3456:7890:00a2::/72", 34)', 'fd00:fd12:3456:7890::22'], ['cidrhost("10.0.0.0/8", -1)', '10.255.255.255'], ['cidrnetmask("172.16.0.0/12")', '255.240.0.0'],
    ['cidrsubnet("172.16.0.0/12", 4, 2)', '172.18.0.0/16'], ['cidrsubnet("10.1.2.0/24", 4, 15)', '10.1.2.240/28'], ['cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162)', 'fd00:fd12:3456:7800:a200::/72'], ['cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)', ['10.1.0.0/20', '10.1.16.0/20', '10.1.32.0/24', '10.1.48.0/20']], ['cidrsubnets("fd00:fd12:3456:7890::/56", 16, 16, 16, 32)', ['fd00:fd12:3456:7800::/72', 'fd00:fd12:3456:7800:100::/72', 'fd00:fd12:3456:7800:200::/72', 'fd00:fd12:3456:7800:300::/88']],
  ],
  conversion: [
    ['can(local.t)', true], ['can(local.nothing)', false], ['tobool(true)', true], ['tobool("true")', true], ['tobool(null)', null], ['tobool("no")', 'error: tobool: a bool is required'], ['tolist(["a", "b", 3])', ['a', 'b', '3']], ['tomap({"a" = "foo", "b" = true})', { a: 'foo', b: 'true' }], ['tonumber(1)', 1], ['tonumber("1")', 1], ['tonumber("no")', 'error: tonumber: "no" is not a number'], ['toset(["c", "b", "b"])', ['b', 'c']], ['toset(["a", "b", 3])', ['3', 'a', 'b']],
    ['tostring("hello")', 'hello'], ['tostring(1)', '1'], ['tostring(true)', 'true'], ['tostring(null)', null], ['tostring([])', 'error: tostring: a collection has no text'], ['try(local.nothing, "fallback")', 'fallback'], ['try({a = 1}.b, {a = 1}.a)', 1], ['type("x")', 'string'], ['type([1])', 'list of number'], ['nonsensitive(sensitive("x"))', 'x'], ['issensitive("x")', false], ['ephemeralasnull("x")', 'x'], ['list("a", "b")', ['a', 'b']], ['map("a", 1)', { a: 1 }], ['core::upper("a")', 'A'],
  ],
  provider: [
    ['provider::aws::arn_parse("arn:aws:iam::444455556666:role/example").account_id', '444455556666'], ['provider::aws::arn_build("aws", "iam", "", "444455556666", "role/example")', 'arn:aws:iam::444455556666:role/example'], ['provider::aws::trim_iam_role_path("arn:aws:iam::444455556666:role/with/path/example")', 'arn:aws:iam::444455556666:role/example'], ['provider::x::y(1)', 'error: function "provider::x::y" is not known'],
  ],
};
/** What nobody can know from code. */
const IMPURE = ['uuid()', 'timestamp()', 'plantimestamp()', 'bcrypt("x")', 'rsadecrypt("x", "y")', 'base64gzip("x")', 'urldecode("a%20b+c") == "x" ? uuid() : uuid()', 'abspath("x")', 'pathexpand("~/x")'];

describe.each(Object.entries(TABLE))('%s functions', (_, rows) => {
  const values = evaluateAll(rows.map(([e]) => e), { ...FILES, 'main.tf': 'locals { t = "Hello, $${name}!" }' });
  it.each(rows.map(([e, expected], i) => [e, expected, values[i]] as const))('%s', (_e, expected, actual) => {
    if (typeof expected === 'number' && !Number.isInteger(expected)) expect(actual).toBeCloseTo(expected, 12);
    else expect(actual).toEqual(expected);
  });
});

it.each(IMPURE)('%s is not decided, and two calls differ', (e) => {
  const [a, b] = evaluateAll([`"${'${'}${e}}"`, `[1, ${e}]`]) as [string, unknown[]];
  expect(a).toMatch(/^\uE000unknown\|/);
  expect(String(b[1])).toMatch(/^\uE000unknown\|/);
});

it('every function has a row', () => {
  const text = [...Object.values(TABLE).flat().map(([e]) => e), ...IMPURE].join('\n');
  expect([...FUNCTIONS.keys(), 'try', 'can'].filter((name) => !text.includes(`${name}(`))).toEqual([]);
});
