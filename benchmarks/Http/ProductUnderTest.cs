using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace NeuroLab.Benchmarks.Http;

/// <summary>An answer of the service, as it is measured.</summary>
/// <param name="Body">Its body.</param>
/// <param name="Tag">Its entity tag.</param>
/// <param name="HeaderBytes">About how long its head is.</param>
internal sealed record CheckedAnswer(byte[] Body, string Tag, int HeaderBytes);

/// <summary>The service as it is shipped, on its embedded database, with a user who has experiments and a warm summary.</summary>
internal sealed class ProductUnderTest : IAsyncDisposable
{
    public const string Path = "/api/dashboard/summary";
    public const string RateLimitName = "RATE_LIMIT_PER_MINUTE";

    /// <summary>The most that it can be set to: one user asks here as often as otherwise a crowd does.</summary>
    public const string RateLimit = "10000000";

    private const string Password = "a-password-of-the-benchmark";
    private const int ExperimentsOfAType = 5;

    private static readonly string[] Members =
        ["total_experiments", "experiments_by_type", "experiments_by_status", "recent_activity", "average_metrics", "last_updated", "_cache_hit", "_stale_data", "_cached_at", "cache_info", "partial_failure", "failed_operations"];

    private static readonly string[] AlwaysSent =
    [
        "Date", "Cache-Control", "ETag", "Age", "Vary", "Cache-Status", "X-Correlation-ID", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Permissions-Policy",
        "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Content-Security-Policy",
    ];

    private readonly DirectoryInfo _folder;
    private readonly HttpClient _client;

    private ProductUnderTest(ServerProcess server, DirectoryInfo folder, HttpClient client) => (Server, _folder, _client) = (server, folder, client);

    public ServerProcess Server { get; }

    public IReadOnlyList<string> Headers => [$"Authorization: {_client.DefaultRequestHeaders.Authorization}"];

    public static async Task<ProductUnderTest> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("neurolab-benchmark-");
        var server = await ServerProcess.StartAsync(
            [ServerProcess.Beside("NeuroLab.WebApi.dll")],
            new Dictionary<string, string> { ["ASPNETCORE_URLS"] = "http://127.0.0.1:0", ["DATA_DIR"] = folder.FullName, [RateLimitName] = RateLimit });
        var product = new ProductUnderTest(server, folder, new HttpClient { BaseAddress = server.Address });
        await product.SignInAsync();
        await product.CreateExperimentsAsync();
        return product;
    }

    /// <summary>Asks once, and once for 304, and holds every part of the answers against the contract.</summary>
    public async Task<CheckedAnswer> CheckAsync()
    {
        using (await _client.GetAsync(Path))
        {
            // The first loads it.
        }

        using var answer = await _client.GetAsync(Path);
        var body = await answer.Content.ReadAsByteArrayAsync();
        Require(answer.StatusCode == HttpStatusCode.OK, answer);
        CheckHeaders(answer);
        using var json = JsonDocument.Parse(body);
        Require(Members.All(name => json.RootElement.TryGetProperty(name, out _)), answer);
        Require(json.RootElement.GetProperty("_cache_hit").GetBoolean() && !json.RootElement.GetProperty("_stale_data").GetBoolean(), answer);
        Require(json.RootElement.GetProperty("total_experiments").GetInt32() == 4 * ExperimentsOfAType, answer);

        var tag = answer.Headers.ETag!.ToString();
        using var request = new HttpRequestMessage(HttpMethod.Get, Path) { Headers = { { "If-None-Match", tag } } };
        using var unchanged = await _client.SendAsync(request);
        Require(unchanged.StatusCode == HttpStatusCode.NotModified && (await unchanged.Content.ReadAsByteArrayAsync()).Length == 0, unchanged);
        Require(unchanged.Headers.ETag!.ToString() == tag, unchanged);
        CheckHeaders(unchanged);
        Require(One(answer, "X-Correlation-ID") != One(unchanged, "X-Correlation-ID"), unchanged);
        return new CheckedAnswer(body, tag, answer.ToString().Length);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static void CheckHeaders(HttpResponseMessage answer)
    {
        Require(AlwaysSent.All(name => answer.Headers.Contains(name)), answer);
        Require(!answer.Headers.Contains("Server"), answer);
        Require(One(answer, "Cache-Status").StartsWith("NeuroLab; hit; ttl=", StringComparison.Ordinal) && One(answer, "Cache-Status").EndsWith("; detail=memory", StringComparison.Ordinal), answer);
    }

    private static string One(HttpResponseMessage answer, string header) => answer.Headers.GetValues(header).Single();

    private static void Require(bool holds, HttpResponseMessage answer)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"The answer is not what the contract says: {answer}");
        }
    }

    private async Task SignInAsync()
    {
        using var registered = await _client.PostAsJsonAsync("/api/auth/register", new { email = "benchmark@example.org", username = "benchmark", password = Password });
        registered.EnsureSuccessStatusCode();
        using var session = await _client.PostAsJsonAsync("/api/auth/login", new { email = "benchmark@example.org", password = Password });
        var token = (await session.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString();
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    private async Task CreateExperimentsAsync()
    {
        foreach (var type in (string[])["heart_rate", "reaction_time", "memory", "eeg"])
        {
            for (var i = 0; i < ExperimentsOfAType; i++)
            {
                using var created = await _client.PostAsJsonAsync("/api/experiments", new { name = $"{type} {i}", experiment_type = type });
                created.EnsureSuccessStatusCode();
            }
        }
    }
}
