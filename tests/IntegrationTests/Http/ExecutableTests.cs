using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace NeuroLab.IntegrationTests.Http;

/// <summary>The executable as a process of its own, from a working directory that is not its own.</summary>
public sealed class ExecutableTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neurolab-exe-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("seed --users 0")]
    [InlineData("seed --nonsense 1")]
    [InlineData("admin")]
    [InlineData("admin revoke a@example.org")]
    [InlineData("admin grant")]
    [InlineData("--nonsense 1")]
    [InlineData("--urls")]
    public async Task Run_WhenNotUnderstood_PrintsTheUsageAndExitsWith2(string arguments)
    {
        var run = await RunAsync(arguments.Split(' '));

        run.ExitCode.Should().Be(2);
        run.Errors.Should().Contain("admin grant EMAIL").And.Contain("seed");
        run.Output.Should().BeEmpty();
    }

    [Fact]
    public async Task Help_WhenAsked_PrintsTheUsage()
    {
        var run = await RunAsync("--help");

        run.ExitCode.Should().Be(0);
        run.Output.Should().Contain("admin grant EMAIL");
    }

    [Theory]
    [InlineData("RATE_LIMIT_PER_MINUTE", "many")]
    [InlineData("Authentication__Jwt__Secret", "short")]
    [InlineData("Cors__Origins__0", "*")]
    [InlineData("CACHE_DEFAULT_TTL", "soon")]
    [InlineData("CACHE_MEMORY_MAX_SIZE", "0")]
    [InlineData("REDIS_URL", "http://example.org")]
    [InlineData("ConnectionStrings__Postgres", "nonsense")]
    [InlineData("Cache__JournalPoll", "soon")]
    [InlineData("DATA_DIR", "/proc/no-such-folder")]
    public async Task Start_WhenASettingIsWrong_StopsWithASentenceThatNamesIt(string name, string value)
    {
        var run = await RunAsync(["--urls", "http://127.0.0.1:0"], (name, value));

        run.ExitCode.Should().Be(1);
        run.Errors.Should().Contain(name).And.NotContain("   at ");
    }

    [Fact]
    public async Task Seed_WhenRunTwice_MakesNewAccountsEachTimeAndTheyCanSignIn()
    {
        var first = await RunAsync("seed", "--users", "2", "--experiments", "30", "--days", "40");
        var second = await RunAsync("seed", "--users=2", "--experiments=30", "--days=40");

        first.ExitCode.Should().Be(0, first.Errors);
        second.ExitCode.Should().Be(0, second.Errors);
        first.Output.Should().Contain("60 of 60 experiments");
        var signIns = SignIns(first.Output).Concat(SignIns(second.Output)).ToList();
        signIns.Select(signIn => signIn.Email).Should().HaveCount(4).And.OnlyHaveUniqueItems();

        var grant = await RunAsync("admin", "grant", signIns[0].Email);
        var unknown = await RunAsync("admin", "grant", "nobody@example.org");
        var wrong = await RunAsync("admin", "grant", "nobody");

        grant.ExitCode.Should().Be(0, grant.Errors);
        grant.Output.Should().Contain(signIns[0].Email);
        unknown.ExitCode.Should().Be(1);
        unknown.Errors.Should().Contain("nobody@example.org");
        wrong.ExitCode.Should().Be(1);

        await using var served = await ServeAsync();
        foreach (var (email, password) in signIns)
        {
            using var answer = await served.Client.PostAsJsonAsync("/api/auth/login", new { email, password });
            var session = await answer.Content.ReadFromJsonAsync<JsonElement>();
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/dashboard/summary");
            request.Headers.Authorization = new("Bearer", session.Text("access_token"));
            using var read = await served.Client.SendAsync(request);
            var summary = await read.Content.ReadFromJsonAsync<JsonElement>();
            summary.GetProperty("total_experiments").GetInt32().Should().Be(30);
            summary.GetProperty("experiments_by_type").EnumerateObject().Should().HaveCount(4).And.OnlyContain(type => type.Value.GetInt32() > 0);
            summary.GetProperty("experiments_by_status").GetProperty("completed").GetInt32().Should().BeGreaterThan(15);
            using var stats = new HttpRequestMessage(HttpMethod.Get, "/api/cache/stats");
            stats.Headers.Authorization = new("Bearer", session.Text("access_token"));
            using var refused = await served.Client.SendAsync(stats);
            refused.StatusCode.Should().Be(email == signIns[0].Email ? HttpStatusCode.OK : HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public async Task Serve_WhenLimitedProxiedAndAskedFromAnotherSite_DoesAsConfigured()
    {
        await using var served = await ServeAsync(
            ("RATE_LIMIT_PER_MINUTE", "5"), ("Cors__Origins__0", "https://app.example.org"), ("ForwardedHeaders__KnownProxies__0", "127.0.0.1"));

        for (var count = 0; count < 5; count++)
        {
            using var allowed = await AskAsync("/openapi/v1.json", "192.0.2.1");
            allowed.StatusCode.Should().Be(HttpStatusCode.OK);
            allowed.Headers.GetValues("Access-Control-Allow-Origin").Should().Equal("https://app.example.org");
            allowed.Headers.GetValues("Access-Control-Expose-Headers").Single().Should().Contain("Cache-Status").And.Contain("ETag").And.Contain("Consistency-Token");
        }

        using var limited = await AskAsync("/openapi/v1.json", "192.0.2.1");
        using var other = await AskAsync("/openapi/v1.json", "192.0.2.2");
        using var probe = await AskAsync("/api/cache/health", "192.0.2.1");

        var problem = await limited.ProblemAsync(HttpStatusCode.TooManyRequests, "RATE_LIMIT_EXCEEDED");
        problem.GetProperty("retry_after").GetInt32().Should().BeInRange(1, 60);
        limited.Headers.RetryAfter!.Delta.Should().NotBeNull();
        other.StatusCode.Should().Be(HttpStatusCode.OK);
        probe.StatusCode.Should().Be(HttpStatusCode.OK);
        limited.Headers.Contains("Server").Should().BeFalse();

        Task<HttpResponseMessage> AskAsync(string path, string client)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("X-Forwarded-For", client);
            request.Headers.Add("Origin", "https://app.example.org");
            return served.Client.SendAsync(request);
        }
    }

    [Fact]
    public async Task Serve_WhenPostgresCannotBeReached_StartsAndSaysSo()
    {
        await using var served = await ServeAsync(("ConnectionStrings__Postgres", "Host=127.0.0.1;Port=1;Database=none;Username=none;Password=not-to-be-told"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/auth/me");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer some.signed.token");

        using var live = await served.Client.GetAsync("/health/live");
        using var ready = await served.Client.GetAsync("/health/ready");
        using var signedIn = await served.Client.SendAsync(request);
        using var nobody = await served.Client.GetAsync("/api/auth/me");

        live.StatusCode.Should().Be(HttpStatusCode.OK);
        ready.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        var problem = await signedIn.ProblemAsync(HttpStatusCode.ServiceUnavailable, "DATABASE_ERROR", "CIRCUIT_BREAKER_OPEN");
        problem.ToString().Should().NotContain("not-to-be-told").And.NotContain("127.0.0.1");
        signedIn.Headers.RetryAfter.Should().NotBeNull("whether the token is good cannot be said yet");
        await nobody.ProblemAsync(HttpStatusCode.Unauthorized, "AUTH_FAILED");
    }

    [Fact]
    public async Task Serve_WhenTheServerItselfRefuses_AnswersProblemsToo()
    {
        await using var served = await ServeAsync();
        using var tooLarge = await served.Client.PostAsync("/api/auth/login", JsonExtensions.Json($"{{\"email\":\"{new string('a', 100_000)}\"}}"));
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/api/auth/login") { Content = JsonExtensions.Json($"{{\"email\":\"{new string('a', 100_000)}\"}}") };
        chunked.Headers.TransferEncodingChunked = true;
        // The server closes the connection on who goes on sending: a client that asks first is sure to see the answer.
        chunked.Headers.ExpectContinue = true;
        using var tooLargeInChunks = await served.Client.SendAsync(chunked);

        await tooLarge.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "VALIDATION_ERROR");
        await tooLargeInChunks.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "VALIDATION_ERROR");
        File.Exists(Path.Combine(_folder.FullName, "data", "signing.key")).Should().BeTrue("the data lies in the working directory unless told otherwise");
    }

    private static IEnumerable<(string Email, string Password)> SignIns(string output) =>
        Regex.Matches(output, @"^  (\S+@\S+)  (\S+)$", RegexOptions.Multiline).Select(match => (match.Groups[1].Value, match.Groups[2].Value));

    private Process Start(IReadOnlyList<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.FullName,
        };
        start.Environment.Remove("DATA_DIR");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) => RunAsync(arguments, []);

    private async Task<(int ExitCode, string Output, string Errors)> RunAsync(IReadOnlyList<string> arguments, params (string Name, string Value)[] environment)
    {
        using var process = Start(arguments, environment);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw;
        }

        return (process.ExitCode, await output, await errors);
    }

    private async Task<Served> ServeAsync(params (string Name, string Value)[] environment)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        listener.Stop();
        var process = Start([], [("ASPNETCORE_URLS", url), .. environment]);
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null || line.Data.Contains("Now listening on", StringComparison.Ordinal))
            {
                ready.TrySetResult();
            }
        };
        process.BeginOutputReadLine();
        await ready.Task.WaitAsync(Patience);
        return new Served(process, new HttpClient { BaseAddress = new Uri(url) });
    }

    private sealed record Served(Process Process, HttpClient Client) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            Process.Kill();
            await Process.WaitForExitAsync();
            Process.Dispose();
        }
    }
}
