using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>What clients see of a Redis that goes and comes: nothing.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class RedisOutageTests(Servers servers) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await servers.Redis.ThawAsync();
        await servers.Redis.StopAsync();
        await servers.Redis.StartAsync();
    }

    [Fact]
    public async Task Restart_WhenRedisHoldsTheDashboards_AnswersFromRedisFirst()
    {
        var settings = await servers.SharedAsync(Servers.PatientWithRedis);
        string[] dashboards = ["summary", "charts", "recent"];
        await using var first = await ServiceProcess.StartAsync(settings);
        using var user = await Api.RegisteredAsync(first.Address);
        await user.HealthyAsync();
        await user.RunExperimentAsync();
        foreach (var dashboard in dashboards)
        {
            (await user.GetAsync($"/api/dashboard/{dashboard}")).Source.Should().Be("origin");
        }

        await first.StopAsync();
        await using var second = await ServiceProcess.StartAsync(settings);
        using var again = user.At(second.Address);
        await again.HealthyAsync();

        foreach (var dashboard in dashboards)
        {
            var answer = await again.GetAsync($"/api/dashboard/{dashboard}");
            (answer.Source, answer.IsHit, answer.IsStale).Should().Be(("redis", true, false));
            (await again.GetAsync($"/api/dashboard/{dashboard}")).Source.Should().Be("memory");
        }

        // A write by the second is no less seen because the first had stored the value.
        await again.RunExperimentAsync();
        var changed = await again.SummaryAsync();
        (changed.Total, changed.Source).Should().Be((2, "origin"));
    }

    [Fact]
    public async Task Requests_WhenRedisStopsStartsFreezesAndThaws_AreAllAnsweredInTime()
    {
        // Memory holds one of the two dashboards that are read in turn: the other comes from Redis, while there is one.
        await using var service = await ServiceProcess.StartAsync(await servers.SharedAsync(("CACHE_MEMORY_MAX_SIZE", "1"), ("RATE_LIMIT_PER_MINUTE", "0")));
        using var user = await Api.RegisteredAsync(service.Address);
        await user.RunExperimentAsync();
        foreach (var dashboard in (string[])["summary", "charts"])
        {
            // The first of all requests meet code that has never run.
            (await user.GetAsync($"/api/dashboard/{dashboard}")).Source.Should().Be("origin");
        }

        var answers = new ConcurrentQueue<Answer>();
        var late = new ConcurrentQueue<string>();
        using var machine = new Metronome();
        using var stop = new CancellationTokenSource();
        var acknowledged = 1;
        var outdated = new ConcurrentQueue<string>();
        var writes = new ConcurrentQueue<Answer>();
        Task[] stream = [ReadAsync(), ReadAsync(), ReadAsync(), WriteAsync()];

        await NextFromRedisAsync("at the beginning");
        await servers.Redis.StopAsync();
        await MoreLoadsAsync("while it is gone");
        await servers.Redis.StartAsync();
        await NextFromRedisAsync("after it has come back");
        await servers.Redis.FreezeAsync();
        await MoreLoadsAsync("while it hangs");
        await servers.Redis.ThawAsync();
        await NextFromRedisAsync("after it goes on");
        await stop.CancelAsync();
        await Task.WhenAll(stream);

        answers.Should().OnlyContain(answer => answer.Status == HttpStatusCode.OK);
        answers.Should().OnlyContain(answer => !answer.IsStale);
        outdated.Should().BeEmpty("every answer reflects what was acknowledged before it was asked for");
        writes.Should().HaveCountGreaterThan(10);
        late.Should().BeEmpty("Redis is not waited for longer than its hard timeout of 250 ms");

        async Task<Answer> InTimeAsync(Func<Task<Answer>> request)
        {
            var asked = Stopwatch.GetTimestamp();
            var answer = await request();
            var stood = machine.StoodStill(asked, Stopwatch.GetTimestamp());
            if (answer.Elapsed - stood > TimeSpan.FromSeconds(1))
            {
                late.Enqueue($"{answer}, of which the machine stood still for {stood.TotalMilliseconds:0} ms");
            }

            return answer;
        }

        async Task ReadAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                foreach (var dashboard in (string[])["summary", "charts"])
                {
                    var least = Volatile.Read(ref acknowledged);
                    var answer = await InTimeAsync(() => user.GetAsync($"/api/dashboard/{dashboard}"));
                    answers.Enqueue(answer);
                    if (answer.Total < least)
                    {
                        outdated.Enqueue($"{dashboard}: {answer.Total} of {least} from {answer.Source}");
                    }
                }

                await Task.Delay(5);
            }
        }

        async Task WriteAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                writes.Enqueue(await InTimeAsync(() => user.RunExperimentAsync()));
                Interlocked.Increment(ref acknowledged);
                await Task.Delay(200);
            }
        }

        async Task NextFromRedisAsync(string when)
        {
            var seen = answers.Count;
            await Until.AsWantedAsync(() => Task.FromResult($"no hit from Redis {when}"), _ => answers.Skip(seen).Any(answer => answer.Source == "redis"), Patience);
        }

        async Task MoreLoadsAsync(string when)
        {
            // Loads follow each other: there is nobody but the origin to ask. So do writes.
            var (seen, written) = (answers.Count, writes.Count);
            await Until.AsWantedAsync(
                () => Task.FromResult($"too few loads {when}"),
                _ => answers.Skip(seen).Where(answer => answer.Source == "origin").Select(answer => answer.Member("_cached_at").GetDateTime()).Distinct().Count() >= 10,
                Patience);
            await Until.AsWantedAsync(() => Task.FromResult($"too few writes {when}"), _ => writes.Count >= written + 6 || stream.Any(part => part.IsFaulted), Patience);
        }
    }

    [Fact]
    public async Task Start_WhenRedisIsUnreachable_WorksFromMemoryAndUsesItOnceItIsThere()
    {
        var settings = await servers.SharedAsync(Servers.PatientWithRedis);
        await servers.Redis.StopAsync();
        await using var service = await ServiceProcess.StartAsync(settings);
        using var user = await Api.RegisteredAsync(service.Address);
        await user.RunExperimentAsync();
        (await user.SummaryAsync()).Source.Should().Be("origin");
        (await user.SummaryAsync()).Source.Should().Be("memory");
        var health = await user.GetAsync("/api/cache/health");
        health.Member("overall_status").GetString().Should().Be("degraded");
        health.Member("redis_cache").GetProperty("status").GetString().Should().Be("unavailable");
        (await user.GetAsync("/health/ready")).Status.Should().Be(HttpStatusCode.OK);

        await servers.Redis.StartAsync();

        await user.HealthyAsync();
        (await user.GetAsync("/api/dashboard/charts")).Source.Should().Be("origin");
        await using var other = await ServiceProcess.StartAsync(settings);
        using var there = user.At(other.Address);
        await there.HealthyAsync();
        (await Until.AsWantedAsync(() => there.GetAsync("/api/dashboard/charts"), answer => answer.IsHit, Patience)).Source.Should().Be("redis");
    }
}
