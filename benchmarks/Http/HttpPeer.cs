using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using NeuroLab.Application.Dashboard;
using NeuroLab.Application.Experiments;
using NeuroLab.Infrastructure.Identity;

namespace NeuroLab.Benchmarks.Http;

/// <summary>What the service is compared with.</summary>
internal enum PeerKind
{
    /// <summary>Constant bytes for anyone: the least that the server can do.</summary>
    Constant,

    /// <summary>The same for who is signed in, by the framework's check of tokens.</summary>
    ConstantBehindJwt,

    /// <summary>A value that is serialized for each answer, by reflection, for who is signed in.</summary>
    JsonBehindJwt,
}

/// <summary>A peer: this program once more, in a process of its own, under the settings of the runtime that the SDK gives to web applications.</summary>
internal sealed class HttpPeer : IAsyncDisposable
{
    /// <summary>The argument that makes this program a peer.</summary>
    public const string Argument = "http-peer";

    private readonly string _body;

    private HttpPeer(ServerProcess server, string body) => (Server, _body) = (server, body);

    public ServerProcess Server { get; }

    /// <summary>What a request carries: a token, where the peer asks for one. It tells its own at its start.</summary>
    public IReadOnlyList<string> Headers => [.. Server.Announced.Select(static token => $"Authorization: Bearer {token}")];

    public static async Task<HttpPeer> StartAsync(PeerKind kind, byte[] body)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, body);
        var server = await ServerProcess.StartAsync(
            [ServerProcess.Beside("NeuroLab.Benchmarks.dll"), Argument, kind.ToString(), file],
            new Dictionary<string, string> { ["DOTNET_gcServer"] = "1", ["DOTNET_gcConcurrent"] = "1" });
        return new HttpPeer(server, file);
    }

    /// <summary>Is a peer, until it is killed.</summary>
    public static async Task RunAsync(PeerKind kind, string file)
    {
        var body = await File.ReadAllBytesAsync(file);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var key = new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(64)) { KeyId = "peer" };
        if (kind != PeerKind.Constant)
        {
            builder.Services.AddAuthentication().AddJwtBearer(options =>
            {
                options.MapInboundClaims = false;
                options.TokenValidationParameters = AccessTokenRules.Validation(_ => [key], TimeProvider.System);
            });
            builder.Services.AddAuthorization();
            builder.Services.ConfigureHttpJsonOptions(static options => Configure(options.SerializerOptions));
        }

        await using var app = builder.Build();
        switch (kind)
        {
            case PeerKind.Constant:
                app.Run(Constant(body));
                break;
            case PeerKind.ConstantBehindJwt:
                app.MapGet(ProductUnderTest.Path, Constant(body)).RequireAuthorization();
                break;
            default:
                var options = new JsonSerializerOptions();
                Configure(options);
                var answer = JsonSerializer.Deserialize<Answer>(body, options)!;
                app.MapGet(ProductUnderTest.Path, () => answer).RequireAuthorization();
                break;
        }

        await app.StartAsync();
        if (kind != PeerKind.Constant)
        {
            Console.WriteLine(TokenOf(key));
        }

        Console.WriteLine($"Now listening on: {app.Urls.Single()}");
        await app.WaitForShutdownAsync();
    }

    /// <summary>Asks once: it must answer as much as the service does, and nothing without a token where it asks for one.</summary>
    public async Task CheckAsync(int length)
    {
        using var client = new HttpClient { BaseAddress = Server.Address };
        if (Server.Announced is [var token])
        {
            using var refused = await client.GetAsync(ProductUnderTest.Path);
            Require(refused.StatusCode == HttpStatusCode.Unauthorized, refused);
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var answer = await client.GetAsync(ProductUnderTest.Path);
        Require(answer.StatusCode == HttpStatusCode.OK && (await answer.Content.ReadAsByteArrayAsync()).Length == length, answer);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        File.Delete(_body);
    }

    private static void Require(bool holds, HttpResponseMessage answer)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"The peer does not answer as the service does: {answer}");
        }
    }

    private static RequestDelegate Constant(byte[] body) => http =>
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body, 0, body.Length);
    };

    private static void Configure(JsonSerializerOptions options) => options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;

    /// <summary>A token like those of the service.</summary>
    private static string TokenOf(SecurityKey key) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = AccessTokenRules.Issuer,
        Audience = AccessTokenRules.Audience,
        Expires = DateTime.UtcNow + AccessTokenRules.Lifetime,
        SigningCredentials = new SigningCredentials(key, AccessTokenRules.Algorithm),
        Claims = new Dictionary<string, object>
        {
            [JwtRegisteredClaimNames.Sub] = Guid.NewGuid().ToString("D"),
            [JwtRegisteredClaimNames.Email] = "benchmark@example.org",
            [AccessTokenRules.UsernameClaim] = "benchmark",
            [JwtRegisteredClaimNames.Jti] = Guid.NewGuid().ToString("N"),
        },
    });

    /// <summary>The summary with its freshness, as an object.</summary>
    private sealed record Answer(
        int TotalExperiments,
        IReadOnlyDictionary<string, int> ExperimentsByType,
        IReadOnlyDictionary<string, int> ExperimentsByStatus,
        RecentActivityResponse RecentActivity,
        IReadOnlyDictionary<string, MetricsResponse> AverageMetrics,
        DateTime LastUpdated,
        [property: JsonPropertyName("_cache_hit")] bool CacheHit,
        [property: JsonPropertyName("_stale_data")] bool StaleData,
        [property: JsonPropertyName("_cached_at")] DateTime CachedAt,
        Info CacheInfo,
        bool PartialFailure,
        IReadOnlyList<string> FailedOperations);

    private sealed record Info(string Source, double AgeSeconds, double TtlSeconds, DateTime ExpiresAt);
}
