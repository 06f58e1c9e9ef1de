using System.Text.Json;
using System.Text.Json.Nodes;
using NeuroLab.Application.Abstractions.Auditing;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Accounts;
using NeuroLab.Application.Auditing;
using NeuroLab.Application.CacheAdministration;
using NeuroLab.Application.Dashboard;
using NeuroLab.Application.Experiments;
using NeuroLab.Application.Health;
using NeuroLab.WebApi.Endpoints;
using NeuroLab.WebApi.Freshness;
using NeuroLab.WebApi.Http;
using CacheFreshness = NeuroLab.Application.Abstractions.Caching.Freshness;

namespace NeuroLab.WebApi.OpenApi;

/// <summary>Examples of the bodies of requests and answers that tell a story: values of their own types, written as the service writes them. Other bodies get one that is made of their schema.</summary>
internal static class BodyExamples
{
    /// <summary>The id of the experiment of the examples. Before what is made of it.</summary>
    public static readonly Guid Id = Guid.Parse("0199c1a4-7c52-7b6e-9d3f-2f6d5a1e8b44");

    /// <summary>The id of the account of the examples.</summary>
    public static readonly Guid Owner = Guid.Parse("0199c19e-2b40-7d11-8a55-c0de5eed0001");

    private static readonly DateTime Loaded = new(2026, 3, 14, 9, 26, 53, DateTimeKind.Utc);
    private static readonly DateTime Now = Loaded.AddSeconds(88);
    private static readonly DateTime Measured = Loaded.AddMinutes(-10);
    private static readonly ParametersResponse Parameters = new() { ItemsCount = 5, TestType = "verbal" };
    private static readonly MetricsResponse Metrics = new() { Mean = 0.8, StdDev = 0.4, Min = 0, Max = 1, Accuracy = 80, AvgResponseTime = 2.4 };
    private static readonly ExperimentResponse Experiment = new(Id, Owner, "Words before breakfast", "memory", Parameters, "completed", Measured, Measured);
    private static readonly Dictionary<string, int> ByType = new() { ["heart_rate"] = 0, ["reaction_time"] = 0, ["memory"] = 1, ["eeg"] = 0 };
    private static readonly Dictionary<string, int> ByStatus = new() { ["pending"] = 0, ["running"] = 0, ["completed"] = 1, ["failed"] = 0 };

    private static readonly NodeStatus Node = new(
        Guid.Parse("5f0c6d0a-4c3e-4b7f-9a1d-2e3f40516273"),
        "node-5f0c",
        true,
        Measured,
        Now,
        CacheRequestStatistics.Of(310, 12, 18, 1, 18, 0, 3, 25),
        new StaleAnswerCounts(0, 1, 0, 0),
        new NodeLatencies(new LatencyQuantiles(0.0004, 0.0011), new LatencyQuantiles(4.2, 38.5)),
        new NodeMemory(12, 1000, 48_210, 268_435_456, 0),
        new NodeJournal(4711, 0.12, true, 0),
        new NodeStore("healthy", "closed"),
        new NodeStore("healthy", "closed"));

    private static readonly CacheExplanation Explanation = new(
        $"dashboard:{Owner:D}:summary",
        Now,
        new NextRead(CacheSource.Origin, null, "stale", false, "It is loaded. Memory: RenameExperiment has overtaken it. Redis: There is none."),
        new NodeKnowledge(true, 0.12, Id, 4711, 0),
        new CopyExplanation
        {
            State = CopyState.Invalidated,
            Because = "RenameExperiment has overtaken it.",
            OvertakenBy = new OvertakingWrite("RenameExperiment", Now, 4710, InvalidationTarget.Pattern, $"dashboard:{Owner:D}:*", false),
            Type = nameof(DashboardSummaryResponse),
            CachedAt = Loaded,
            AgeSeconds = 88,
            TtlSeconds = 212,
            StaleTtlSeconds = 812,
            Lease = 4702,
            SizeBytes = 1024,
            Hits = 7,
        },
        new CopyExplanation { State = CopyState.Absent, Because = "There is none." });

    private static readonly Dictionary<Type, object> Values = new object[]
    {
        new RegisterBody("ada@example.org", "ada", "correct horse"),
        new LoginBody("ada@example.org", "correct horse"),
        new RefreshBody("gq3m1Jq0v0m8cA2hTn7Rk9sYw5XbE4uL6dPzF1iOyVc"),
        new PasswordBody("correct horse", "battery staple"),
        new AccountResponse(Owner, "ada@example.org", "ada"),
        new SignInResponse("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.signature", "Bearer", 3600, "gq3m1Jq0v0m8cA2hTn7Rk9sYw5XbE4uL6dPzF1iOyVc"),
        new MeResponse(Owner, "ada@example.org", "ada", ["admin"]),

        new CreateExperimentBody("Words before breakfast", "memory", new Dictionary<string, JsonElement>
        {
            ["items_count"] = JsonSerializer.SerializeToElement(5),
            ["test_type"] = JsonSerializer.SerializeToElement("verbal"),
        }),
        new RenameExperimentBody("Words after breakfast"),
        new ExperimentDetailsResponse(Experiment, new ResultsResponse(
            Guid.Parse("0199c1a4-7c53-7a02-8c1d-5b9e4f3a2d10"),
            Id,
            [.. Enumerable.Range(0, 5).Select(item => new DataPointResponse(Measured.AddSeconds(3 * item), item == 3 ? 0 : 1, new Dictionary<string, double> { ["response_time"] = 2 + (0.2 * item) }))],
            Metrics,
            "4 of 5 items were recalled.",
            Measured)),
        new ExperimentListResponse([Experiment], 1, 50, 0),
        new RenamedResponse(Experiment with { Name = "Words after breakfast", UpdatedAt = Loaded }),

        new DashboardSummaryResponse(1, ByType, ByStatus, new RecentActivityResponse(1, 100), new Dictionary<string, MetricsResponse> { ["memory"] = Metrics }, Loaded),
        new DashboardChartsResponse(
            [new ActivityResponse(DateOnly.FromDateTime(Measured), 1)],
            [new TypeCountResponse("memory", 1)],
            [new PerformanceTrendResponse(DateOnly.FromDateTime(Measured), "memory", Metrics)],
            [new MetricComparisonResponse("memory", Metrics)],
            "30d",
            1,
            new DateRangeResponse(Loaded.AddDays(-30), Loaded)),
        new DashboardRecentResponse(
            [new RecentExperimentResponse(Id, Owner, Experiment.Name, "memory", Parameters, "completed", Measured, Measured, Metrics)],
            new ActivitySummaryResponse(1, ByType, ByStatus, 100, 1, 0),
            [new InsightResponse("success", "Every experiment in the last 7 days was completed.")],
            new RecentPeriodResponse(7, 10, Loaded.AddDays(-7))),

        new CacheHealthResponse(new TierHealthResponse("healthy"), new TierHealthResponse("healthy"), "healthy", 1773480413),
        new CacheStatisticsResponse(
            new MemoryCacheStatistics(12, 2, 10, 340, 1000, 310, 30, 0, 48_210),
            new RedisCacheStatistics(true, 4, 2_097_152, "2.00M", 120, 30),
            new CacheConfigurationResponse(300, 600),
            new CacheRequestStatistics(310, 12, 18, 0, 18, 0, 3, 25, 0.947)),
        new CacheStreamEvents { Nodes = new NodesEvent(Now, [Node]) },
        new ClearCacheBody("dashboard:*"),
        new ClearCacheResponse("Every cached value whose key matches the pattern is purged.", Now),
        new CacheEntriesResponse([new CacheEntryInfo($"dashboard:{Owner:D}:summary", "memory", 88, 212, 1024, 7)], 1, 1),
        new WarmCacheBody("ada@example.org"),
        new WarmCacheResponse(Owner, 1, 0, 0, 12.5, [new WarmedQueryResponse("GetDashboardSummary", CacheSource.Origin, false, 12.5)]),
        Explanation,
        new AuditEntriesResponse([new AuditEntry(7, Now, AuditAction.CacheClear, Owner.ToString("D"), "192.0.2.7", "dashboard:*", AuditOutcome.Done, "checkout-42")]),

        new LivenessResponse("healthy"),
        new ReadinessResponse(true, "healthy"),
        new ServiceHealthResponse("neurolab", "healthy", Now, new Dictionary<string, HealthCheckResponse>
        {
            ["database"] = new("healthy", 1.25, "PostgreSQL, circuit closed"),
            ["redis_cache"] = new("healthy", 0.4, null),
        }),
    }.ToDictionary(value => value.GetType());

    /// <summary>Of answers that tell that the service cannot answer.</summary>
    private static readonly Dictionary<Type, object> Unavailable = new object[]
    {
        new ReadinessResponse(false, "unhealthy"),
        new ServiceHealthResponse("neurolab", "unhealthy", Now, new Dictionary<string, HealthCheckResponse> { ["database"] = new("unhealthy", null, "PostgreSQL, circuit open") }),
    }.ToDictionary(value => value.GetType());

    /// <summary>An example of a body; null where there is none.</summary>
    public static JsonNode? Of(Type type, int status = StatusCodes.Status200OK) =>
        (status == StatusCodes.Status503ServiceUnavailable ? Unavailable : Values).TryGetValue(type, out var value) ? JsonSerializer.SerializeToNode(value, type, ApiJson.Options) : null;

    /// <summary>An example of the answer of a cached query, with its freshness; null where there is none.</summary>
    public static JsonNode? Fresh(Type type)
    {
        if (!Values.TryGetValue(type, out var example))
        {
            return null;
        }

        var value = JsonSerializer.SerializeToUtf8Bytes(example, type, ApiJson.Options);
        return JsonNode.Parse(RenderedAnswer.Body(value, new CacheFreshness { Source = CacheSource.Memory, CachedAt = Loaded, FreshUntil = Loaded.AddMinutes(5) }, Now));
    }
}
