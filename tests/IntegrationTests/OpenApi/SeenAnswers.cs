using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.CacheAdministration;
using NeuroLab.Application.Common;
using NeuroLab.Application.Health;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.IntegrationTests.Http;

namespace NeuroLab.IntegrationTests.OpenApi;

/// <summary>
/// Answers of the running service to every operation that it describes: of each its success, and each error that can be caused. The requests are made of the description's
/// own examples, so a new operation is asked without anything being added here.
/// </summary>
public sealed class SeenAnswers : IAsyncLifetime
{
    private readonly List<(DescribedOperation Operation, Seen Seen)> _all = [];

    /// <summary>The description that the service gave.</summary>
    internal ApiDescription Description { get; private set; } = null!;

    /// <summary>The same as it was sent.</summary>
    internal string Json { get; private set; } = "";

    /// <summary>What was answered.</summary>
    internal IReadOnlyList<(DescribedOperation Operation, Seen Seen)> All => _all;

    public async Task InitializeAsync()
    {
        await AskAsync();
        await AskWhatFailsAsync();
        await AskTooOftenAsync();
        await SendTooSlowlyAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private static async Task WithAsync<T>(T api, Func<T, Task> use)
        where T : ApiHost
    {
        try
        {
            await api.InitializeAsync();
            await use(api);
        }
        finally
        {
            await api.DisposeAsync();
        }
    }

    private Task AskAsync() => WithAsync(new SqliteApi(), async api =>
    {
        Json = await api.Anonymous.GetStringAsync("/openapi/v1.json");
        Description = new ApiDescription(Json);
        var (admin, somebody, idle) = (await api.NewUserAsync(admin: true), await api.NewUserAsync(), await api.IdleUserAsync());
        foreach (var operation in Description.Operations)
        {
            // What is done to an account uses it up. All else shares two, for a new one costs two hashes of its password.
            var user = operation.Path.StartsWith("/api/auth/", StringComparison.Ordinal) ? await api.NewUserAsync() : operation.IsForAdministrators ? admin : somebody;
            var id = (await user.RunAsync()).GetProperty("id").GetGuid();
            if (operation.NeedsSignIn)
            {
                await SeeAsync(operation, api.Anonymous, operation.Request(id));
            }

            if (operation.IsForAdministrators)
            {
                await SeeAsync(operation, idle.Client, operation.Request(id));
            }

            await AskWronglyAsync(operation, user, id);
            await AskRightlyAsync(operation, user, id);
        }
    });

    private async Task AskWronglyAsync(DescribedOperation operation, ApiUser user, Guid id)
    {
        if (operation.Statuses.Contains(400))
        {
            await SeeAsync(operation, user.Client, operation.WrongRequest(id));
        }

        if (operation.Body is not null)
        {
            var large = operation.Request(id);
            large.Content = new StringContent(new string(' ', 70_000), Encoding.UTF8, "application/json");
            await SeeAsync(operation, user.Client, large);
            var text = operation.Request(id);
            text.Content = new StringContent("text", Encoding.UTF8, "text/plain");
            await SeeAsync(operation, user.Client, text);
        }

        if (operation.Path.Contains("{id}", StringComparison.Ordinal))
        {
            await SeeAsync(operation, user.Client, operation.Request(Guid.NewGuid()));
        }

        if (operation.Id == "register")
        {
            await SeeAsync(operation, user.Client, operation.Request(null, ("email", user.Email)));
        }
        else if (operation.Id is "login" or "refresh")
        {
            await SeeAsync(operation, user.Client, operation.Request());
        }
        else if (operation.Id == "warmCache")
        {
            await SeeAsync(operation, user.Client, operation.Request(null, ("user", $"{Guid.NewGuid():D}")));
        }
    }

    private async Task AskRightlyAsync(DescribedOperation operation, ApiUser user, Guid id)
    {
        HttpRequestMessage Request() => operation.Id switch
        {
            "register" => operation.Request(null, ("email", $"new-{Guid.NewGuid():N}@example.org")),
            "login" => operation.Request(null, ("email", user.Email), ("password", ApiUser.Password)),
            "refresh" => operation.Request(null, ("refresh_token", user.RefreshToken)),
            "warmCache" => operation.Request(null, ("user", user.Email)),
            "changePassword" => operation.Request(null, ("current_password", ApiUser.Password)),
            _ => operation.Request(id),
        };
        var seen = await SeeAsync(operation, user.Client, Request());
        seen.Status.Should().Be(operation.Success, "of {0}: {1}", operation, seen.Body);
        if (operation.IsCached)
        {
            var again = Request();
            again.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Parse(seen.Headers["ETag"]));
            await SeeAsync(operation, user.Client, again);
            var forced = Request();
            forced.RequestUri = new Uri(QueryHelpers.AddQueryString(forced.RequestUri!.OriginalString, "force_refresh", "true"), UriKind.Relative);
            (await SeeAsync(operation, user.Client, forced)).Body.Should().Contain("\"_cache_hit\":false", "{0} answers force_refresh from the origin: its query is made with {{ ReadOptions = read }}", operation);
        }
        else if (operation.Id == "explainCacheEntry")
        {
            // Of the example's key there is no copy. Of this there is one, which a write has overtaken.
            await user.GetAsync("/api/dashboard/summary");
            await user.RunAsync();
            await SeeAsync(operation, user.Client, new HttpRequestMessage(HttpMethod.Get, $"{operation.Path}?key=dashboard:{user.Id:D}:summary"));
        }
    }

    /// <summary>What only a fault of the code or of a server causes, of every operation whatever is said of it. What a request can cause is caused by one.</summary>
    private Task AskWhatFailsAsync() => WithAsync(new FailingApi(), async api =>
    {
        var admin = await api.NewUserAsync(admin: true);
        var id = (await admin.RunAsync()).GetProperty("id").GetGuid();
        var failures = new Func<object, object?>[]
        {
            _ => throw new InvalidOperationException("a fault"),
            request => request switch
            {
                GetReadiness => new ReadinessResponse(false, "unhealthy"),
                GetServiceHealth or GetDatabaseHealth or GetCacheTierHealth => new ServiceHealthResponse("neurolab", "unhealthy", DateTime.UnixEpoch, new Dictionary<string, HealthCheckResponse>()),

                // It tells of servers that do not answer, and never fails for them.
                GetCacheHealth => null,
                _ => throw new OriginUnavailableException(StaleReason.CircuitOpen),
            },
        };
        foreach (var failure in failures)
        {
            api.Instead = failure;
            foreach (var operation in Description.Operations)
            {
                await SeeAsync(operation, admin.Client, operation.Request(id));
            }
        }

        api.Instead = null;
        foreach (var freshness in Freshnesses())
        {
            api.Freshness = freshness;
            foreach (var operation in Description.Operations.Where(operation => operation.IsCached))
            {
                var seen = await SeeAsync(operation, admin.Client, operation.Request(id));
                seen.Status.Should().Be(operation.Success, "of {0}: {1}", operation, seen.Body);
            }
        }
    });

    /// <summary>How fresh an answer can be, beside what a service with one node and a healthy database answers.</summary>
    private static IEnumerable<Freshness> Freshnesses()
    {
        var loaded = DateTime.UtcNow.AddMinutes(-10);
        var stale = new Freshness { Source = CacheSource.Stale, CachedAt = loaded, FreshUntil = loaded.AddMinutes(5), Invalidated = true };
        return
        [
            .. Enum.GetValues<StaleReason>().Select(reason => stale with { StaleReason = reason }),
            stale with { Source = CacheSource.Redis, FreshUntil = loaded.AddHours(1), Invalidated = false },
            stale with { Source = CacheSource.Origin, FreshUntil = loaded.AddHours(1), Invalidated = false, FailedOperations = ["trends"] },
        ];
    }

    private Task AskTooOftenAsync() => WithAsync(new BusyApi(), async api =>
    {
        foreach (var operation in Description.Operations)
        {
            await SeeAsync(operation, api.Anonymous, operation.Request());
        }
    });

    /// <summary>A body that does not come. One operation stands for all: bodies are read in one place.</summary>
    private async Task SendTooSlowlyAsync()
    {
        var folder = Directory.CreateTempSubdirectory("neurolab-openapi-");
        try
        {
            await using var service = await ServiceProcess.StartAsync(new Dictionary<string, string> { ["DATA_DIR"] = folder.FullName });
            using var client = await RawClient.ConnectAsync(service.Address);
            await client.SendAsync("POST /api/auth/login HTTP/1.1\r\nHost: service\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n");
            var answer = await client.ReadToEndAsync(TimeSpan.FromSeconds(60));
            var (head, body) = answer.Split("\r\n\r\n", 2) is [var first, var second] ? (first.Split("\r\n"), second) : throw new InvalidDataException($"No answer: {answer}");
            var headers = head[1..].Select(line => line.Split(": ", 2)).ToDictionary(line => line[0], line => line[1], StringComparer.OrdinalIgnoreCase);
            _all.Add((
                Description.Operations.Single(operation => operation.Id == "login"),
                new Seen(int.Parse(head[0].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), headers["Content-Type"].Split(';')[0], body, headers)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<Seen> SeeAsync(DescribedOperation operation, HttpClient client, HttpRequestMessage request)
    {
        using (request)
        {
            // A stream has no end.
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            var seen = await Seen.OfAsync(answer);
            _all.Add((operation, seen));
            return seen;
        }
    }
}
