// What a client developer does with the description: a client is generated from it, type-checked strictly, and used.
// A wrong description shows as an error of the compiler, or as a step that fails.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

// The words of the contract, no more and no fewer: `true` is no type of anything else.
const words: [
  Same<Schemas["CreateExperimentBody"]["experiment_type"], "heart_rate" | "reaction_time" | "memory" | "eeg">,
  Same<Schemas["ExperimentResponse"]["status"], "pending" | "running" | "completed" | "failed">,
  Same<Schemas["Freshness"]["cache_info"]["source"], "memory" | "redis" | "origin" | "stale">,
  Same<Schemas["Freshness"]["cache_info"]["stale_reason"], "origin_error" | "origin_timeout" | "circuit_open" | "unverified" | undefined>,
  Same<
    Schemas["Problem"]["error_code"],
    | "VALIDATION_ERROR" | "AUTH_FAILED" | "ACCESS_DENIED" | "NOT_FOUND" | "CONFLICT"
    | "RATE_LIMIT_EXCEEDED" | "DATABASE_ERROR" | "CIRCUIT_BREAKER_OPEN" | "INTERNAL_ERROR"
  >,
  Same<Schemas["Problem"]["errors"], { [field: string]: string[] } | undefined>,
  Same<Schemas["ExperimentDetailsResponse"]["results"], null | Schemas["ResultsResponse"]>,
  Same<Schemas["DashboardSummaryResponse"]["experiments_by_type"]["memory"], number>,
  Same<keyof paths["/api/experiments/{id}"]["get"]["responses"], 200 | 304 | 400 | 401 | 404 | 429 | 500 | 503>,
] = [true, true, true, true, true, true, true, true, true];
assert.equal(words.length, 9);

const baseUrl = process.env["NEUROLAB_URL"];
assert.ok(baseUrl, "NEUROLAB_URL names the service");
const api = createClient<paths>({ baseUrl });
const account = { email: `client-${process.pid}-${Date.now()}@example.org`, password: "correct horse" };

async function step<T>(name: string, run: () => Promise<T>): Promise<T> {
  const result = await run();
  console.log(`done: ${name}`);
  return result;
}

await step("register, and sign in", async () => {
  const registered = await api.POST("/api/auth/register", { body: { ...account, username: "client" } });
  assert.equal(registered.response.status, 201);
  assert.equal(registered.data?.email, account.email);

  const again = await api.POST("/api/auth/register", { body: { ...account, username: "client" } });
  assert.equal(again.response.status, 409);
  assert.equal(again.error?.error_code, "CONFLICT");

  // @ts-expect-error A body without a password is no body.
  const refused = await api.POST("/api/auth/login", { body: { email: account.email } });
  assert.deepEqual(refused.error?.errors, { password: ["Is required."] });
});

const session = await step("sign in", async () => {
  const { data, response } = await api.POST("/api/auth/login", { body: account });
  assert.equal(response.status, 200);
  assert.ok(data);
  assert.equal(data.token_type, "Bearer");
  assert.ok(data.expires_in > 0);
  return data;
});

await step("be told to sign in", async () => {
  const { error, response } = await api.GET("/api/auth/me");
  assert.equal(response.status, 401);
  assert.equal(error?.error_code, "AUTH_FAILED");
  assert.match(response.headers.get("WWW-Authenticate") ?? "", /^Bearer/);
});

api.use({
  onRequest({ request }) {
    request.headers.set("Authorization", `Bearer ${session.access_token}`);
    return request;
  },
});

await step("ask who one is", async () => {
  const { data, response } = await api.GET("/api/auth/me", { params: { header: { "X-Correlation-ID": "journey-1" } } });
  assert.equal(data?.email, account.email);
  assert.deepEqual(data?.roles, []);
  assert.equal(response.headers.get("X-Correlation-ID"), "journey-1");
});

const { experiment, token } = await step("run an experiment of each type", async () => {
  const bodies: Schemas["CreateExperimentBody"][] = [
    { name: "A pulse", experiment_type: "heart_rate", parameters: { duration_minutes: 1, baseline_bpm: 60 } },
    { name: "A beep", experiment_type: "reaction_time", parameters: { trials: 5, stimulus_type: "audio" } },
    { name: "Some waves", experiment_type: "eeg", parameters: null },
    { name: "Some words", experiment_type: "memory", parameters: { items_count: 5, test_type: "verbal" } },
  ];
  let last: { experiment: Schemas["ExperimentResponse"]; token: string } | undefined;
  for (const body of bodies) {
    const { data, response } = await api.POST("/api/experiments", { body });
    assert.equal(response.status, 201);
    assert.ok(data);
    assert.equal(data.experiment.experiment_type, body.experiment_type);
    assert.equal(data.experiment.status, "completed");
    assert.ok(data.results && data.results.data_points.length > 0);
    assert.equal(typeof data.results.metrics.mean, "number");
    assert.equal(response.headers.get("Location"), `/api/experiments/${data.experiment.id}`);
    last = { experiment: data.experiment, token: response.headers.get("Consistency-Token") ?? "" };
  }

  assert.ok(last);
  assert.match(last.token, /^v1\./);
  return last;
});

await step("be told what is wrong, field by field", async () => {
  const { error, response } = await api.POST("/api/experiments", {
    body: { name: "n", experiment_type: "memory", parameters: { items_count: 1000 } },
  });
  assert.equal(response.status, 400);
  assert.equal(response.headers.get("Content-Type"), "application/problem+json; charset=utf-8");
  assert.equal(error?.error_code, "VALIDATION_ERROR");
  assert.deepEqual(error?.errors, { "parameters.items_count": ["Must be a whole number from 5 to 30."] });

  // @ts-expect-error There is no such type.
  const unknown = await api.POST("/api/experiments", { body: { name: "n", experiment_type: "sleep" } });
  assert.ok(unknown.error?.errors?.["experiment_type"]);
});

const tag = await step("read the summary, with its freshness", async () => {
  const first = await api.GET("/api/dashboard/summary", { params: { header: { "Consistency-Token": token } } });
  assert.ok(first.data);
  assert.equal(first.data.total_experiments, 4);
  assert.equal(first.data.experiments_by_type.memory, 1);
  assert.equal(first.data.experiments_by_status.completed, 4);
  assert.equal(typeof first.data.average_metrics.memory?.accuracy, "number");
  assert.equal(first.data._stale_data, false);
  assert.equal(first.data.partial_failure, false);
  assert.deepEqual(first.data.failed_operations, []);

  const second = await api.GET("/api/dashboard/summary");
  assert.ok(second.data);
  assert.equal(second.data._cache_hit, true);
  assert.equal(second.data.cache_info.source, "memory");
  assert.ok(second.data.cache_info.ttl_seconds > 0);
  assert.ok(Date.parse(second.data._cached_at) <= Date.parse(second.data.cache_info.expires_at));
  assert.match(second.response.headers.get("Cache-Status") ?? "", /^NeuroLab; hit; ttl=\d+; detail=memory$/);
  assert.equal(second.response.headers.get("Vary"), "Authorization");
  assert.equal(second.response.headers.get("Cache-Control"), "private, no-cache");
  assert.match(second.response.headers.get("Age") ?? "", /^\d+$/);
  return second.response.headers.get("ETag") ?? "";
});

await step("ask whether one's copy is still right", async () => {
  const { data, response } = await api.GET("/api/dashboard/summary", { params: { header: { "If-None-Match": tag } } });
  assert.equal(response.status, 304);
  assert.equal(data, undefined);
  assert.equal(response.headers.get("ETag"), tag);
});

await step("refresh the summary", async () => {
  const { data, response } = await api.GET("/api/dashboard/summary", { params: { query: { force_refresh: true } } });
  assert.equal(data?._cache_hit, false);
  assert.equal(data?.cache_info.source, "origin");
  assert.match(response.headers.get("Cache-Status") ?? "", /fwd=request/);
});

await step("read the charts and the newest", async () => {
  const charts = await api.GET("/api/dashboard/charts", { params: { query: { period: "7d", experiment_type: "memory" } } });
  assert.equal(charts.data?.period, "7d");
  assert.equal(charts.data?.metric_comparisons[0]?.experiment_type, "memory");

  const recent = await api.GET("/api/dashboard/recent", { params: { query: { limit: 2 } } });
  assert.equal(recent.data?.experiments.length, 2);
  assert.equal(recent.data?.activity_summary.by_type.eeg, 1);
  assert.equal(recent.data?.activity_summary.with_results, 4);

  // @ts-expect-error There is no such period.
  const unknown = await api.GET("/api/dashboard/charts", { params: { query: { period: "1d" } } });
  assert.equal(unknown.response.status, 400);
});

await step("list, rename, read and delete", async () => {
  const list = await api.GET("/api/experiments", { params: { query: { limit: 1, status: "completed" } } });
  assert.equal(list.data?.total, 4);
  assert.equal(list.data?.experiments[0]?.id, experiment.id);

  const path = { id: experiment.id };
  const renamed = await api.PATCH("/api/experiments/{id}", { params: { path }, body: { name: "Other words" } });
  assert.equal(renamed.data?.experiment.name, "Other words");
  const after = renamed.response.headers.get("Consistency-Token") ?? "";

  const read = await api.GET("/api/experiments/{id}", { params: { path, header: { "Consistency-Token": after } } });
  assert.equal(read.data?.experiment.name, "Other words");
  assert.equal(read.data?.experiment.parameters.items_count, 5);
  assert.equal(read.data?.results?.data_points.length, 5);

  const deleted = await api.DELETE("/api/experiments/{id}", { params: { path } });
  assert.equal(deleted.response.status, 204);

  const gone = await api.GET("/api/experiments/{id}", { params: { path } });
  assert.equal(gone.response.status, 404);
  assert.equal(gone.error?.error_code, "NOT_FOUND");
});

await step("go on with the session, once", async () => {
  const body = { refresh_token: session.refresh_token };
  const next = await api.POST("/api/auth/refresh", { body });
  assert.equal(next.response.status, 200);
  assert.notEqual(next.data?.refresh_token, session.refresh_token);

  const again = await api.POST("/api/auth/refresh", { body });
  assert.equal(again.response.status, 401);
});

await step("be kept out of the administration, and see that all is well", async () => {
  const { error, response } = await api.GET("/api/cache/stats");
  assert.equal(response.status, 403);
  assert.equal(error?.error_code, "ACCESS_DENIED");

  const health = await api.GET("/api/dashboard/health");
  assert.equal(health.data?.status, "healthy");
  assert.equal(health.data?.checks["database"]?.status, "healthy");
});

await step("sign out, and leave", async () => {
  assert.equal((await api.POST("/api/auth/logout")).response.status, 204);
  assert.equal((await api.DELETE("/api/auth/me")).response.status, 204);
});
console.log("The whole journey is done.");
