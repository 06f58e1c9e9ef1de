using System.Diagnostics;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.Redis;

/// <summary>Reads and writes of many callers at once: sent together, answered each for itself.</summary>
public sealed class RedisGatheringTests : IAsyncLifetime
{
    private const string Prefix = "neurolab:";
    private static readonly CacheKey[] Keys = [.. Enumerable.Range(0, 200).Select(i => CacheKey.Of($"many:{i}"))];
    private RedisServer _server = null!;

    public async Task InitializeAsync() => _server = await RedisServer.StartNewAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task GetAsync_WhenManyReadAtOnce_GivesEachItsOwnWithFewerCommands()
    {
        await using var host = await RedisTierHost.StartAsync(_server.Url);
        await WriteAllAsync(host);
        await _server.ExecuteAsync("CONFIG", "RESETSTAT");

        var reads = await ReadAllAsync(host);

        reads.Select(Text).Should().Equal(Keys.Select(key => key.Value));
        var commands = (await StatisticsAsync()).Where(line => line.StartsWith("cmdstat_get:", StringComparison.Ordinal) || line.StartsWith("cmdstat_mget:", StringComparison.Ordinal));
        commands.Sum(line => int.Parse(line.Split('=', ',')[1], System.Globalization.CultureInfo.InvariantCulture)).Should().BeLessThan(Keys.Length / 2);
        host.Calls.InFlight.Should().Be(0);
    }

    [Fact]
    public async Task GetAsync_WhenSomeCannotBeUsed_GivesTheOthersTheirValues()
    {
        await using var host = await RedisTierHost.StartAsync(_server.Url);
        await WriteAllAsync(host);
        await _server.ExecuteAsync("DEL", Prefix + Keys[50].Value);
        await _server.ExecuteAsync("DEL", Prefix + Keys[60].Value);
        await _server.ExecuteAsync("RPUSH", Prefix + Keys[60].Value, "a list");
        await _server.ExecuteAsync("SET", Prefix + Keys[70].Value, "damaged");
        await _server.ExecuteAsync("COPY", Prefix + Keys[1].Value, Prefix + Keys[80].Value, "REPLACE");

        var reads = await ReadAllAsync(host);

        int[] unusable = [50, 60, 70, 80];
        for (var i = 0; i < Keys.Length; i++)
        {
            reads[i].Outcome.Should().Be(unusable.Contains(i) ? DistributedReadOutcome.Miss : DistributedReadOutcome.Found, "of {0}", i);
            (Text(reads[i]) ?? Keys[i].Value).Should().Be(Keys[i].Value);
        }

        reads[70].Unusable.Should().Contain("damaged");
        reads[80].Unusable.Should().Contain("another key");
        host.Calls.Circuit.Should().Be("closed");
    }

    [Fact]
    public async Task GetAsync_WhenOneOfManyGivesUp_LeavesTheOthersTheirAnswers()
    {
        await using var host = await RedisTierHost.StartAsync(_server.Url, settings: ("Cache:Redis:HeartbeatInterval", "00:00:30"));
        await WriteAllAsync(host);
        await _server.FreezeAsync();
        using var caller = new CancellationTokenSource();
        var reads = Keys.Select((key, i) => host.Tier.GetAsync(key, i == 100 ? caller.Token : default).AsTask()).ToList();

        await caller.CancelAsync();

        await FluentActions.Awaiting(() => reads[100]).Should().ThrowAsync<OperationCanceledException>();
        host.Calls.InFlight.Should().Be(Keys.Length, "who gave up keeps his place while the client has the call");
        await _server.ThawAsync();
        reads.RemoveAt(100);
        (await Task.WhenAll(reads)).Should().OnlyContain(read => read.Outcome == DistributedReadOutcome.Found);
        await host.UntilAsync(() => host.Calls.InFlight == 0, "every place is given back");
    }

    [Fact]
    public async Task Tier_WhenTheStoreHangsUnderMany_BoundsEveryOneAndHealsAfterTheThaw()
    {
        await using var host = await RedisTierHost.StartAsync(_server.Url, settings: [RedisTierHost.UsualTimeout, ("Cache:Redis:HeartbeatInterval", "00:00:30")]);
        await WriteAllAsync(host);
        await _server.FreezeAsync();
        using var machine = new Metronome();
        var started = Stopwatch.GetTimestamp();

        var reads = Keys.Select(key => host.Tier.GetAsync(key, default).AsTask()).ToList();
        var writes = Keys.Select(key => host.Tier.SetAsync(key, RedisTierHost.Entry(key.Value), default).AsTask()).ToList();

        (await Task.WhenAll(reads)).Should().OnlyContain(read => read == DistributedRead.Unavailable);
        (await Task.WhenAll(writes)).Should().OnlyContain(taken => !taken);
        var ended = Stopwatch.GetTimestamp();
        (Stopwatch.GetElapsedTime(started, ended) - machine.StoodStill(started, ended)).Should().BeLessThan(TimeSpan.FromMilliseconds(900));
        for (var round = 0; round < 20 && host.Calls.Circuit != "open"; round++)
        {
            // Half of the last ten seconds' calls have to have failed, and in how many groups those were sent that succeeded is a matter of the machine.
            (await ReadAllAsync(host)).Should().OnlyContain(read => read == DistributedRead.Unavailable);
        }

        host.Calls.Circuit.Should().Be("open", "each group that got no answer counts");
        await _server.ThawAsync();
        await host.UntilAsync(() => host.Calls.InFlight == 0 && host.Tier.IsAvailable, "every place is given back");
        (await ReadAllAsync(host)).Should().OnlyContain(read => read.Outcome == DistributedReadOutcome.Found);
    }

    [Fact]
    public async Task SetAsync_WhenManyWriteAtOnce_StoresEachForItsOwnLife()
    {
        await using var host = await RedisTierHost.StartAsync(_server.Url);

        var taken = await Task.WhenAll(Keys.Select((key, i) =>
            host.Tier.SetAsync(key, RedisTierHost.Entry(key.Value, ttl: TimeSpan.FromSeconds(1000 + i), stale: TimeSpan.Zero), default).AsTask()));

        taken.Should().OnlyContain(one => one);
        (await ReadAllAsync(host)).Select(Text).Should().Equal(Keys.Select(key => key.Value));
        ((long)await _server.ExecuteAsync("TTL", Prefix + Keys[199].Value)).Should().BeInRange(1190, 1199);
        ((long)await _server.ExecuteAsync("TTL", Prefix + Keys[0].Value)).Should().BeInRange(990, 1000);
    }

    [Fact]
    public async Task SetAsync_WhenTheStoreRefusesMany_SaysSoToEachAndReadsGoOn()
    {
        await using var host = await RedisTierHost.StartAsync(_server.Url);
        await WriteAllAsync(host);
        await _server.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");

        var taken = await Task.WhenAll(Keys.Select(key => host.Tier.SetAsync(key, RedisTierHost.Entry(key.Value), default).AsTask()));

        taken.Should().OnlyContain(one => !one);
        host.Calls.Circuit.Should().Be("closed", "a full store answers");
        (await host.Tier.GetStatusAsync(default)).Status.Should().Be("error");
        (await ReadAllAsync(host)).Should().OnlyContain(read => read.Outcome == DistributedReadOutcome.Found);
    }

    [Fact]
    public async Task GetAsync_WhenTheUserMayNotReadManyAtOnce_ReadsOneByOne()
    {
        await _server.ExecuteAsync("ACL", "SETUSER", "narrow", "on", ">word", "~*", "&*", "+@all", "-mget");
        await using var host = await RedisTierHost.StartAsync($"redis://narrow:word@{_server.Address}");
        await WriteAllAsync(host);

        for (var round = 0; round < 2; round++)
        {
            (await ReadAllAsync(host)).Select(Text).Should().Equal(Keys.Select(key => key.Value));
        }

        host.Calls.Circuit.Should().Be("closed");
        host.Calls.InFlight.Should().Be(0);
    }

    private static async Task WriteAllAsync(RedisTierHost host) =>
        (await Task.WhenAll(Keys.Select(key => host.Tier.SetAsync(key, RedisTierHost.Entry(key.Value), default).AsTask()))).Should().OnlyContain(taken => taken, "{0}", host.Log);

    private static Task<DistributedRead[]> ReadAllAsync(RedisTierHost host) => Task.WhenAll(Keys.Select(key => host.Tier.GetAsync(key, default).AsTask()));

    private static string? Text(DistributedRead read) => read.Entry is { } entry ? System.Text.Encoding.UTF8.GetString(entry.Payload.Span) : null;

    private async Task<string[]> StatisticsAsync() => ((string)(await _server.ExecuteAsync("INFO", "commandstats"))!).Split('\n');
}
