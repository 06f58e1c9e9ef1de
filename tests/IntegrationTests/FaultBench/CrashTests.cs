using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.Tests;
using Xunit.Abstractions;

namespace NeuroLab.IntegrationTests.FaultBench;

/// <summary>A node killed at random moments of its writes (I7): what was committed is seen on the other node within the window, whatever became of the rest.</summary>
[Collection(FaultBenchCollection.Name)]
public sealed class CrashTests(Servers servers, ITestOutputHelper output)
{
    private const int WritersAtOnce = 8;
    private const int WarmUps = 4;
    private const int MostRounds = 40;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    /// <summary>For what is no part of what is measured.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OtherNode_WhenANodeIsKilledAroundACommit_ShowsWhatWasCommittedWithinTheWindow(bool redis)
    {
        await using var fleet = await BenchFleet.StartAsync(servers, new FleetPlan(Nodes: 2, redis ? RedisKind.Single : RedisKind.None, Users: WritersAtOnce, ExperimentsEach: 1));
        var (victim, other) = (fleet.Nodes[0], fleet.Nodes[1]);
        var random = new Random(5);
        var (unanswered, answered, unwritten, slowest) = (0, 0, 0, TimeSpan.Zero);
        var rounds = TestSize.Of(5, 100);
        for (var round = 0; round < rounds || (unanswered == 0 && round < MostRounds); round++)
        {
            // What they take together, once the code has run before: at some moment of that time the node dies.
            var took = await WriteTimeAsync(victim, fleet.Users);
            var before = new Dictionary<BenchUser, int>();
            foreach (var user in fleet.Users)
            {
                // The other node has a copy of that.
                before[user] = await UntilAsync(other, user, await fleet.Database.CountAsync(user.Id));
            }

            var writes = fleet.Users.Select(user => CreateAsync(victim, user)).ToList();
            await Task.Delay(took * random.NextDouble());
            await victim.CrashAsync();
            var acknowledged = await Task.WhenAll(writes);

            // A commit that was under way happens or not without the node.
            while (await fleet.Database.ConnectionsAsync("node0") > 0)
            {
                await Task.Delay(5);
            }

            var killed = Stopwatch.GetTimestamp();
            foreach (var (user, wasAcknowledged) in fleet.Users.Zip(acknowledged))
            {
                var there = await fleet.Database.CountAsync(user.Id);
                await UntilAsync(other, user, there, killed);
                (there - before[user]).Should().BeInRange(wasAcknowledged ? 1 : 0, 1);
                unanswered += there > before[user] && !wasAcknowledged ? 1 : 0;
                answered += wasAcknowledged ? 1 : 0;
                unwritten += there == before[user] ? 1 : 0;
            }

            var seen = Stopwatch.GetElapsedTime(killed);
            slowest = seen > slowest ? seen : slowest;
            await victim.StartAsync();
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Redis {redis}: of the writes under way {answered} were acknowledged, {unanswered} committed without an answer, {unwritten} not committed; the other node showed all at most {slowest.TotalSeconds:0.00} s after the death"));
        unanswered.Should().BePositive("some of the deaths have to fall between commit and answer");
    }

    private static async Task<TimeSpan> WriteTimeAsync(BenchNode node, IReadOnlyList<BenchUser> users)
    {
        var took = TimeSpan.Zero;
        for (var i = 0; i < WarmUps; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await Task.WhenAll(users.Select(user => CreateAsync(node, user)));
            took = Stopwatch.GetElapsedTime(started);
        }

        return took;
    }

    /// <returns>Whether it was acknowledged.</returns>
    private static async Task<bool> CreateAsync(BenchNode node, BenchUser user)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/experiments")
        {
            Content = JsonContent.Create(new { name = user.NewName(), experiment_type = "memory", parameters = new { items_count = 5 } }),
        };
        request.Headers.Authorization = user.Authorization;
        try
        {
            using var response = await node.Http.SendAsync(request);
            response.StatusCode.Should().BeOneOf(HttpStatusCode.Created, HttpStatusCode.ServiceUnavailable);
            return response.StatusCode == HttpStatusCode.Created;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return false;
        }
    }

    private static async Task<int> UntilAsync(BenchNode node, BenchUser user, int total, long? since = null)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var asked = Stopwatch.GetTimestamp();
            var seen = await TotalAsync(node, user);
            if (seen == total)
            {
                return total;
            }

            // An answer that says that it is stale, or a refusal, is honest; one that says neither has to be right.
            var isLate = seen is not null && since is { } death && Stopwatch.GetElapsedTime(death, asked) >= Window;
            (isLate || Stopwatch.GetElapsedTime(began) > Patience).Should().BeFalse(
                "an answer asked for longer than the window after the death shows what was committed: {0}, not {1}", total, seen);
            await Task.Delay(10);
        }
    }

    /// <returns>What a fresh answer says; null where it is marked stale or a refusal.</returns>
    private static async Task<int?> TotalAsync(BenchNode node, BenchUser user)
    {
        using var api = new Api(node.Address);
        api.Authorize(user.Authorization);
        var answer = await api.SummaryAsync();
        answer.Status.Should().BeOneOf([HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable], answer.Text);
        return answer.Status == HttpStatusCode.OK && !answer.IsStale ? answer.Total : null;
    }
}
