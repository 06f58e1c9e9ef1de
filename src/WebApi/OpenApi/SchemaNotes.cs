using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using NeuroLab.Application.Abstractions.Auditing;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Accounts;
using NeuroLab.Application.CacheAdministration;
using NeuroLab.Application.Dashboard;
using NeuroLab.Application.Experiments;
using NeuroLab.Application.Health;
using NeuroLab.Domain.Experiments;
using NeuroLab.WebApi.Endpoints;
using NeuroLab.WebApi.Errors;

namespace NeuroLab.WebApi.OpenApi;

/// <summary>What the schemas of bodies say beyond the types of their members: words, bounds, formats. A note of a member that does not exist fails the description as a whole.</summary>
internal sealed class SchemaNotes : IOpenApiSchemaTransformer, IOpenApiDocumentTransformer
{
    private const string Least = "0";

    /// <summary>Addresses may have letters of any script.</summary>
    private const string EmailFormat = "idn-email";

    private static readonly string[] ServiceStatuses = ["healthy", "degraded", "unhealthy"];
    private static readonly string[] CircuitStates = ["closed", "open", "half_open"];
    private static readonly string[] TierStatuses = ["healthy", "unavailable", "error", "disabled"];

    private static readonly Note[] Notes =
    [
        Of<RegisterBody>(nameof(RegisterBody.Email), Email),
        Of<RegisterBody>(nameof(RegisterBody.Username), Length(1, AccountLimits.MaxUsernameLength)),
        Of<RegisterBody>(nameof(RegisterBody.Password), NewPassword),
        Of<LoginBody>(nameof(LoginBody.Email), Email),
        Of<LoginBody>(nameof(LoginBody.Password), PresentPassword),
        Of<RefreshBody>(nameof(RefreshBody.RefreshToken), Length(1, AccountLimits.MaxRefreshTokenLength)),
        Of<PasswordBody>(nameof(PasswordBody.CurrentPassword), PresentPassword),
        Of<PasswordBody>(nameof(PasswordBody.NewPassword), NewPassword),
        Of<SignInResponse>(nameof(SignInResponse.TokenType), Words("Bearer")),
        Of<SignInResponse>(nameof(SignInResponse.ExpiresIn), AtLeast("1")),
        Of<AccountResponse>(nameof(AccountResponse.Email), Format(EmailFormat)),
        Of<MeResponse>(nameof(MeResponse.Email), Format(EmailFormat)),

        Of<CreateExperimentBody>(nameof(CreateExperimentBody.Name), Length(1, Experiment.MaxNameLength)),
        Of<CreateExperimentBody>(nameof(CreateExperimentBody.ExperimentType), Types),
        Of<CreateExperimentBody>(nameof(CreateExperimentBody.Parameters), DescribedSchemas.WriteExperimentParameters),
        Of<RenameExperimentBody>(nameof(RenameExperimentBody.Name), Length(1, Experiment.MaxNameLength)),
        Of<ExperimentResponse>(nameof(ExperimentResponse.Name), Length(1, Experiment.MaxNameLength)),
        Of<ExperimentResponse>(nameof(ExperimentResponse.ExperimentType), Types),
        Of<ExperimentResponse>(nameof(ExperimentResponse.Status), Words([.. ExperimentNames.Statuses])),
        Of<ParametersResponse>(nameof(ParametersResponse.StimulusType), Words([.. ExperimentNames.StimulusTypes])),
        Of<ParametersResponse>(nameof(ParametersResponse.TestType), Words([.. ExperimentNames.MemoryTestTypes])),
        .. Counts<ParametersResponse>(
            nameof(ParametersResponse.DurationMinutes), nameof(ParametersResponse.BaselineBpm), nameof(ParametersResponse.Trials), nameof(ParametersResponse.ItemsCount),
            nameof(ParametersResponse.SamplingRate)),
        Of<MetricsResponse>(nameof(MetricsResponse.AvgResponseTime), AtLeast(Least)),
        Of<MetricsResponse>(nameof(MetricsResponse.StdDev), AtLeast(Least)),
        Of<MetricsResponse>(nameof(MetricsResponse.Accuracy), Percent),
        .. Counts<ExperimentListResponse>(nameof(ExperimentListResponse.Total), nameof(ExperimentListResponse.Limit), nameof(ExperimentListResponse.Offset)),

        .. Counts<DashboardSummaryResponse>(nameof(DashboardSummaryResponse.TotalExperiments)),
        Of<DashboardSummaryResponse>(nameof(DashboardSummaryResponse.ExperimentsByType), CountOfEach(ExperimentNames.Types)),
        Of<DashboardSummaryResponse>(nameof(DashboardSummaryResponse.ExperimentsByStatus), CountOfEach(ExperimentNames.Statuses)),
        Of<DashboardSummaryResponse>(nameof(DashboardSummaryResponse.AverageMetrics), SomeOf(ExperimentNames.Types)),
        Of<RecentActivityResponse>("last_7_days", AtLeast(Least)), // The name that is written is not made of the code's.
        Of<RecentActivityResponse>(nameof(RecentActivityResponse.CompletionRate), Percent),
        .. Counts<DashboardChartsResponse>(nameof(DashboardChartsResponse.TotalExperiments)),
        Of<DashboardChartsResponse>(nameof(DashboardChartsResponse.Period), Words([.. DashboardEndpoints.PeriodParameter.Words])),
        .. Counts<ActivityResponse>(nameof(ActivityResponse.Count)),
        Of<TypeCountResponse>(nameof(TypeCountResponse.Type), Types),
        .. Counts<TypeCountResponse>(nameof(TypeCountResponse.Count)),
        Of<PerformanceTrendResponse>(nameof(PerformanceTrendResponse.ExperimentType), Types),
        Of<MetricComparisonResponse>(nameof(MetricComparisonResponse.ExperimentType), Types),
        Of<RecentExperimentResponse>(nameof(RecentExperimentResponse.Name), Length(1, Experiment.MaxNameLength)),
        Of<RecentExperimentResponse>(nameof(RecentExperimentResponse.ExperimentType), Types),
        Of<RecentExperimentResponse>(nameof(RecentExperimentResponse.Status), Words([.. ExperimentNames.Statuses])),
        .. Counts<ActivitySummaryResponse>(nameof(ActivitySummaryResponse.TotalRecent), nameof(ActivitySummaryResponse.WithResults), nameof(ActivitySummaryResponse.WithoutResults)),
        Of<ActivitySummaryResponse>(nameof(ActivitySummaryResponse.ByType), CountOfEach(ExperimentNames.Types)),
        Of<ActivitySummaryResponse>(nameof(ActivitySummaryResponse.ByStatus), CountOfEach(ExperimentNames.Statuses)),
        Of<ActivitySummaryResponse>(nameof(ActivitySummaryResponse.CompletionRate), Percent),
        Of<InsightResponse>(nameof(InsightResponse.Type), Words("info", "success", "warning")),
        .. Counts<RecentPeriodResponse>(nameof(RecentPeriodResponse.Days), nameof(RecentPeriodResponse.Limit)),

        Of<ClearCacheBody>(nameof(ClearCacheBody.Pattern), Length(1, CachePattern.MaxLength)),
        Of<WarmCacheBody>(nameof(WarmCacheBody.User), Length(1, AccountLimits.MaxEmailLength)),
        .. Counts<WarmCacheResponse>(nameof(WarmCacheResponse.Loaded), nameof(WarmCacheResponse.Cached), nameof(WarmCacheResponse.Stale), nameof(WarmCacheResponse.Milliseconds)),
        .. Counts<WarmedQueryResponse>(nameof(WarmedQueryResponse.Milliseconds)),
        Of<NextRead>(nameof(NextRead.IfOriginFails), WordsOrNull("stale", "unavailable")),
        .. Counts<NodeKnowledge>(nameof(NodeKnowledge.VerifiedSecondsAgo), nameof(NodeKnowledge.Position), nameof(NodeKnowledge.PendingRecords)),
        .. Counts<CopyExplanation>(nameof(CopyExplanation.AgeSeconds), nameof(CopyExplanation.Lease), nameof(CopyExplanation.SizeBytes), nameof(CopyExplanation.Hits)),
        .. Counts<OvertakingWrite>(nameof(OvertakingWrite.Position)),
        .. Counts<FailedLoad>(nameof(FailedLoad.RetryInSeconds)),
        Of<CacheEntryInfo>(nameof(CacheEntryInfo.Tier), Words("memory", "redis")),
        .. Counts<CacheEntryInfo>(nameof(CacheEntryInfo.AgeSeconds), nameof(CacheEntryInfo.SizeBytes), nameof(CacheEntryInfo.Hits)),
        .. Counts<CacheEntriesResponse>(nameof(CacheEntriesResponse.Count), nameof(CacheEntriesResponse.TotalMatching)),
        .. Counts<MemoryCacheStatistics>(
            nameof(MemoryCacheStatistics.TotalEntries), nameof(MemoryCacheStatistics.ExpiredEntries), nameof(MemoryCacheStatistics.ActiveEntries),
            nameof(MemoryCacheStatistics.TotalAccesses), nameof(MemoryCacheStatistics.MaxSize), nameof(MemoryCacheStatistics.Hits), nameof(MemoryCacheStatistics.Misses),
            nameof(MemoryCacheStatistics.Evictions), nameof(MemoryCacheStatistics.SizeBytes)),
        .. Counts<RedisCacheStatistics>(
            nameof(RedisCacheStatistics.ConnectedClients), nameof(RedisCacheStatistics.UsedMemory), nameof(RedisCacheStatistics.KeyspaceHits), nameof(RedisCacheStatistics.KeyspaceMisses)),
        .. Counts<CacheConfigurationResponse>(nameof(CacheConfigurationResponse.DefaultTtl), nameof(CacheConfigurationResponse.StaleThreshold)),
        .. Counts<CacheRequestStatistics>(
            nameof(CacheRequestStatistics.HitsMemory), nameof(CacheRequestStatistics.HitsRedis), nameof(CacheRequestStatistics.Misses), nameof(CacheRequestStatistics.StaleServed),
            nameof(CacheRequestStatistics.Loads), nameof(CacheRequestStatistics.LoadFailures), nameof(CacheRequestStatistics.Coalesced), nameof(CacheRequestStatistics.Invalidations)),
        Of<CacheRequestStatistics>(nameof(CacheRequestStatistics.HitRatio), Between(Least, "1")),
        .. Counts<InvalidationEvent>(nameof(InvalidationEvent.LagMs)),
        Of<CircuitEvent>(nameof(CircuitEvent.Store), Words("database", "redis")),
        Of<CircuitEvent>(nameof(CircuitEvent.From), Words(CircuitStates)),
        Of<CircuitEvent>(nameof(CircuitEvent.To), Words(CircuitStates)),
        Of<GapEvent>(nameof(GapEvent.Missed), AtLeast("1")),
        .. Counts<StaleAnswerCounts>(
            nameof(StaleAnswerCounts.OriginError), nameof(StaleAnswerCounts.OriginTimeout), nameof(StaleAnswerCounts.CircuitOpen), nameof(StaleAnswerCounts.Unverified)),
        .. Counts<LatencyQuantiles>(nameof(LatencyQuantiles.P50), nameof(LatencyQuantiles.P99)),
        .. Counts<NodeMemory>(
            nameof(NodeMemory.Entries), nameof(NodeMemory.MaxEntries), nameof(NodeMemory.SizeBytes), nameof(NodeMemory.MaxBytes), nameof(NodeMemory.Evictions)),
        .. Counts<NodeJournal>(nameof(NodeJournal.Position), nameof(NodeJournal.VerifiedSecondsAgo), nameof(NodeJournal.RecordsPending)),
        Of<NodeStore>(nameof(NodeStore.Status), Words("healthy", "unavailable", "disabled")),
        Of<NodeStore>(nameof(NodeStore.Circuit), WordsOrNull(CircuitStates)),
        .. Counts<CacheHealthResponse>(nameof(CacheHealthResponse.Timestamp)),
        Of<CacheHealthResponse>(nameof(CacheHealthResponse.OverallStatus), Words("healthy", "degraded")),
        Of<TierHealthResponse>(nameof(TierHealthResponse.Status), Words(TierStatuses)),

        Of<AuditEntry>(nameof(AuditEntry.Id), AtLeast("1")),

        Of<LivenessResponse>(nameof(LivenessResponse.Status), Words("healthy")),
        Of<ReadinessResponse>(nameof(ReadinessResponse.Status), Words(ServiceStatuses)),
        Of<ServiceHealthResponse>(nameof(ServiceHealthResponse.Status), Words(ServiceStatuses)),
        Of<HealthCheckResponse>(nameof(HealthCheckResponse.Status), Words([.. ServiceStatuses.Union(TierStatuses)])),
        .. Counts<HealthCheckResponse>(nameof(HealthCheckResponse.ResponseTimeMs)),

        Of<ApiProblem>(nameof(ApiProblem.Status), Between("400", "599"), "Problem"),
        Of<ApiProblem>(nameof(ApiProblem.ErrorCode), Words([.. ErrorCodes.All]), "Problem"),
        Of<ApiProblem>(nameof(ApiProblem.ErrorId), (schema, _) => schema.Pattern = "^[0-9a-f]{32}$", "Problem"),
        Of<ApiProblem>(nameof(ApiProblem.RetryAfter), AtLeast("1"), "Problem"),
    ];

    /// <summary>What the type alone does not tell of a member: a word of an enumeration is text, and what is left out where it is null is never null.</summary>
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if ((Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type).IsEnum)
        {
            // Of an enumeration that may be null, whoever refers to it says so.
            schema.Type = JsonSchemaType.String;
            schema.Enum = [.. (schema.Enum ?? []).Where(word => word?.GetValueKind() == JsonValueKind.String)];
        }

        if (schema.Format == "time")
        {
            // As the format has it, a time of day has an offset; as it is written here it has none.
            (schema.Format, schema.Pattern) = (null, @"^\d{2}:\d{2}:\d{2}(\.\d{1,7})?$");
        }

        var ignored = context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: true).OfType<JsonIgnoreAttribute>().FirstOrDefault();
        if (ignored?.Condition == JsonIgnoreCondition.WhenWritingNull)
        {
            schema.Type &= ~JsonSchemaType.Null;
        }

        return Task.CompletedTask;
    }

    /// <summary>Adds the notes.</summary>
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var note in Notes)
        {
            if (document.Components?.Schemas?.TryGetValue(note.Schema, out var schema) != true
                || schema?.Properties?.TryGetValue(note.Member, out var member) != true || member is not OpenApiSchema described)
            {
                throw new InvalidOperationException($"{note.Schema}.{note.Member} is noted and not described.");
            }

            note.Write(described, document);
        }

        return Task.CompletedTask;
    }

    private static void Email(OpenApiSchema schema, OpenApiDocument document)
    {
        schema.Format = EmailFormat;
        Length(3, AccountLimits.MaxEmailLength)(schema, document);
    }

    private static void NewPassword(OpenApiSchema schema, OpenApiDocument document)
    {
        schema.Format = "password";
        Length(AccountLimits.MinPasswordLength, AccountLimits.MaxPasswordLength)(schema, document);
    }

    private static void PresentPassword(OpenApiSchema schema, OpenApiDocument document)
    {
        schema.Format = "password";
        Length(1, AccountLimits.MaxPasswordLength)(schema, document);
    }

    private static void Types(OpenApiSchema schema, OpenApiDocument document) => Words([.. ExperimentNames.Types])(schema, document);

    private static void Percent(OpenApiSchema schema, OpenApiDocument document) => Between(Least, "100")(schema, document);

    private static Action<OpenApiSchema, OpenApiDocument> Words(params string[] words) => (schema, _) => schema.Enum = [.. words.Select(word => (JsonNode)JsonValue.Create(word))];

    private static Action<OpenApiSchema, OpenApiDocument> WordsOrNull(params string[] words) => (schema, document) =>
    {
        var one = new OpenApiSchema { Type = JsonSchemaType.String };
        Words(words)(one, document);
        schema.Type = null;
        schema.AnyOf = [one, new OpenApiSchema { Type = JsonSchemaType.Null }];
    };

    private static Action<OpenApiSchema, OpenApiDocument> Format(string format) => (schema, _) => schema.Format = format;

    private static Action<OpenApiSchema, OpenApiDocument> Length(int least, int most) => (schema, _) => (schema.MinLength, schema.MaxLength) = (least, most);

    private static Action<OpenApiSchema, OpenApiDocument> AtLeast(string least) => (schema, _) => schema.Minimum = least;

    private static Action<OpenApiSchema, OpenApiDocument> Between(string least, string most) => (schema, _) => (schema.Minimum, schema.Maximum) = (least, most);

    /// <summary>A map that has every name.</summary>
    private static Action<OpenApiSchema, OpenApiDocument> CountOfEach(IReadOnlyList<string> names) => (schema, document) =>
    {
        SomeOf(names)(schema, document);
        schema.Required = new HashSet<string>(names);
        foreach (var count in schema.Properties!.Values.OfType<OpenApiSchema>())
        {
            count.Minimum = Least;
        }
    };

    /// <summary>A map that has none but these names.</summary>
    private static Action<OpenApiSchema, OpenApiDocument> SomeOf(IReadOnlyList<string> names) => (schema, _) =>
    {
        var value = schema.AdditionalProperties ?? throw new InvalidOperationException("Only a map has names.");
        schema.Properties = names.ToDictionary(name => name, _ => value.CreateShallowCopy());
        schema.AdditionalProperties = null;
    };

    private static IEnumerable<Note> Counts<T>(params string[] members) => members.Select(member => Of<T>(member, AtLeast(Least)));

    private static Note Of<T>(string member, Action<OpenApiSchema, OpenApiDocument> write, string? schema = null) =>
        new(schema ?? typeof(T).Name, JsonNamingPolicy.SnakeCaseLower.ConvertName(member), write);

    private sealed record Note(string Schema, string Member, Action<OpenApiSchema, OpenApiDocument> Write);
}
