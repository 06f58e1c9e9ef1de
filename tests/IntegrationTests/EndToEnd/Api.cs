using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>A client of the service, signed in or not. Thread-safe once it is signed in.</summary>
internal sealed class Api(Uri address) : IDisposable
{
    public const string Password = "correct horse battery";
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(40) };

    /// <summary>Whose it is.</summary>
    public string Email { get; } = $"user-{Guid.NewGuid():N}@example.org";

    /// <summary>The access token; null where nobody is signed in.</summary>
    public string? Token => _http.DefaultRequestHeaders.Authorization?.Parameter;

    /// <summary>A client of a new account.</summary>
    public static async Task<Api> RegisteredAsync(Uri address)
    {
        var api = new Api(address);
        (await api.PostAsync("/api/auth/register", new { email = api.Email, username = "user", password = Password })).Status.Should().Be(HttpStatusCode.Created);
        await api.SignInAsync(api.Email, Password);
        return api;
    }

    /// <summary>A client of the same account at another address, with the same token: it does not sign in again.</summary>
    public Api At(Uri other)
    {
        var api = new Api(other);
        api._http.DefaultRequestHeaders.Authorization = _http.DefaultRequestHeaders.Authorization;
        return api;
    }

    /// <summary>Speaks for somebody else from here on.</summary>
    public void Authorize(AuthenticationHeaderValue authorization) => _http.DefaultRequestHeaders.Authorization = authorization;

    public async Task SignInAsync(string email, string password)
    {
        var answer = await PostAsync("/api/auth/login", new { email, password });
        answer.Status.Should().Be(HttpStatusCode.OK, answer.Text);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", answer.Body.GetProperty("access_token").GetString());
    }

    /// <summary>Runs an experiment.</summary>
    public async Task<Answer> RunExperimentAsync(string type = "memory")
    {
        var answer = await PostAsync("/api/experiments", new { name = "An experiment", experiment_type = type });
        answer.Status.Should().Be(HttpStatusCode.Created, answer.Text);
        return answer;
    }

    /// <summary>A client that administrates by a key.</summary>
    public static Api Administrator(Uri address, string key)
    {
        var api = new Api(address);
        api._http.DefaultRequestHeaders.Add("X-Admin-API-Key", key);
        return api;
    }

    public Task<Answer> SummaryAsync() => GetAsync("/api/dashboard/summary");

    /// <summary>Waits until the node uses all its stores: it is ready before it has its connection to Redis, and what it loads until then it answers from memory.</summary>
    public Task HealthyAsync() =>
        Until.AsWantedAsync(() => GetAsync("/api/cache/health"), answer => answer.Member("overall_status").GetString() == "healthy", TimeSpan.FromSeconds(30));

    public Task<Answer> GetAsync(string path, string? consistencyToken = null, CancellationToken hangUp = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (consistencyToken is not null)
        {
            request.Headers.Add("Consistency-Token", consistencyToken);
        }

        return SendAsync(request, hangUp);
    }

    public Task<Answer> PostAsync(string path, object body, CancellationToken hangUp = default) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) }, hangUp);

    public Task<Answer> PutAsync(string path, object body) => SendAsync(new HttpRequestMessage(HttpMethod.Put, path) { Content = JsonContent.Create(body) }, CancellationToken.None);

    public Task<Answer> DeleteAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Delete, path), CancellationToken.None);

    public void Dispose() => _http.Dispose();

    private async Task<Answer> SendAsync(HttpRequestMessage request, CancellationToken hangUp)
    {
        using (request)
        {
            var started = Stopwatch.GetTimestamp();
            using var response = await _http.SendAsync(request, hangUp);
            var text = await response.Content.ReadAsStringAsync(hangUp);
            return new Answer(
                response.StatusCode,
                response.Content.Headers.ContentType?.MediaType,
                response.Headers.RetryAfter?.Delta,
                response.Headers.TryGetValues("Consistency-Token", out var tokens) ? tokens.Single() : null,
                text,
                Stopwatch.GetElapsedTime(started));
        }
    }
}

/// <summary>An answer of the service.</summary>
internal sealed record Answer(HttpStatusCode Status, string? MediaType, TimeSpan? RetryAfter, string? ConsistencyToken, string Text, TimeSpan Elapsed)
{
    public JsonElement Body => JsonDocument.Parse(Text).RootElement;

    public string? Source => Member("cache_info").GetProperty("source").GetString();

    public bool IsHit => Member("_cache_hit").GetBoolean();

    public bool IsStale => Member("_stale_data").GetBoolean();

    public string? StaleReason => Member("cache_info").TryGetProperty("stale_reason", out var reason) ? reason.GetString() : null;

    public int Total => Member("total_experiments").GetInt32();

    public override string ToString() => $"{Status} after {Elapsed.TotalMilliseconds:0} ms: {Text}";

    /// <summary>A member of the body; where there is none, the failure shows the whole answer.</summary>
    public JsonElement Member(string name) =>
        Body.TryGetProperty(name, out var member) ? member : throw new InvalidOperationException($"The answer has no {name}: {Status} {Text}");
}

/// <summary>Waits for what another process does by itself.</summary>
internal static class Until
{
    /// <summary>Asks until the answer is as wanted.</summary>
    public static async Task<T> AsWantedAsync<T>(Func<Task<T>> ask, Func<T, bool> wanted, TimeSpan limit)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (wanted(answer))
            {
                return answer;
            }

            Stopwatch.GetElapsedTime(started).Should().BeLessThan(limit, "it should have come by then, and the last answer was {0}", answer);
            await Task.Delay(20);
        }
    }
}
