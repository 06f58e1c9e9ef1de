using System.Net;
using Npgsql;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>What callers who hang up leave behind: nothing, and the others notice nothing.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class ClientGoneTests(Servers servers)
{
    private const string AdminKey = "a-key-for-the-tests-0123456789";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Load_WhenTheCallerWhoBeganItHangsUp_GoesOnForTheOther()
    {
        var settings = await servers.SharedAsync([.. Servers.Patient, ("Authentication__AdminApiKey", AdminKey)]);
        await using var service = await ServiceProcess.StartAsync(settings);
        using var first = await Api.RegisteredAsync(service.Address);
        using var second = first.At(service.Address);
        using var administrator = Api.Administrator(service.Address, AdminKey);
        await using var held = await TableLock.OnReadsAsync(settings["ConnectionStrings__Postgres"]);
        using var hangUp = new CancellationTokenSource();
        var leaving = first.GetAsync("/api/dashboard/summary", hangUp: hangUp.Token);
        await held.WaitForAsync(1);
        var staying = second.SummaryAsync();
        await Until.AsWantedAsync(() => administrator.GetAsync("/api/cache/stats"), stats => Requests(stats, "coalesced") == 1, Soon);

        await hangUp.CancelAsync();

        await leaving.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
        // Another request of the same node, so that it has heard of the first one's end by then.
        await administrator.GetAsync("/api/cache/stats");
        (await held.WaitingAsync()).Should().Be(1, "the load goes on");
        await held.DisposeAsync();
        var answer = await staying;
        (answer.Status, answer.Source).Should().Be((HttpStatusCode.OK, "origin"));
        Requests(await administrator.GetAsync("/api/cache/stats"), "loads").Should().Be(1, "it was not begun again");
    }

    [Fact]
    public async Task Loads_WhenTheirLastCallersHangUp_AreCancelledAndLeaveNothingBehind()
    {
        var settings = await servers.SharedAsync([.. Servers.Patient, Servers.PatientWithRedis]);
        await using var service = await ServiceProcess.StartAsync(settings);
        using var user = await Api.RegisteredAsync(service.Address);
        string[] charts = [.. from period in (string[])["7d", "30d", "90d", "all"] from type in (string[])["eeg", "memory", "heart_rate"] select $"/api/dashboard/charts?period={period}&experiment_type={type}"];
        for (var round = 0; round < 5; round++)
        {
            await using var held = await TableLock.OnReadsAsync(settings["ConnectionStrings__Postgres"]);
            using var hangUp = new CancellationTokenSource();
            var leaving = charts.SelectMany(path => (string[])[path, path]).Select(path => user.GetAsync(path, hangUp: hangUp.Token)).ToList();
            await held.WaitForAsync(charts.Length);

            await hangUp.CancelAsync();

            // While the table is still held: nothing but the callers' end ends the statements.
            await Until.AsWantedAsync(held.WaitingAsync, waiting => waiting == 0, Soon);
            foreach (var request in leaving)
            {
                await request.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
            }
        }

        foreach (var path in charts)
        {
            var answer = await user.GetAsync(path);
            (answer.Status, answer.Source).Should().Be((HttpStatusCode.OK, "origin"), "nothing of a cancelled load is left, and no breaker has opened");
        }

        var connections = await CountAsync(settings, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'neurolab'");
        connections.Should().BeLessThanOrEqualTo(40, "that is the size of the pool");
        await Until.AsWantedAsync(
            () => CountAsync(settings, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'neurolab' AND state LIKE 'idle in%'"),
            open => open == 0,
            Soon);
        service.Output.Should().NotContain("fail:").And.NotContain("warn:").And.NotContain("answered 5");
    }

    [Fact]
    public async Task Write_WhenItsClientHangsUpWhileItCommits_IsCommittedAsAWholeAndSeenByAll()
    {
        var settings = await servers.SharedAsync(Servers.Patient);
        await using var one = await ServiceProcess.StartAsync(settings);
        await using var two = await ServiceProcess.StartAsync(settings);
        using var here = await Api.RegisteredAsync(one.Address);
        using var there = here.At(two.Address);
        ((await here.SummaryAsync()).Total, (await there.SummaryAsync()).Total).Should().Be((0, 0));
        await using var held = await TableLock.OnWritesAsync(settings["ConnectionStrings__Postgres"]);
        using var hangUp = new CancellationTokenSource();
        var writing = here.PostAsync("/api/experiments", new { name = "n", experiment_type = "memory" }, hangUp.Token);
        await held.WaitForAsync(1);

        await hangUp.CancelAsync();
        await writing.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
        await held.DisposeAsync();

        await Until.AsWantedAsync(there.SummaryAsync, summary => summary.Total == 1, Soon);
        await Until.AsWantedAsync(here.SummaryAsync, summary => summary.Total == 1, Soon);
        (await WrittenAsync(settings)).Should().Be((1, 1, 1));
        one.Output.Should().NotContain("fail:").And.NotContain("answered 5");
    }

    [Fact]
    public async Task Writes_WhenTheirClientsHangUpAtAnyMoment_AreCommittedAsAWholeOrNotAtAll()
    {
        const int Writes = 60;
        var settings = await servers.SharedAsync();
        await using var one = await ServiceProcess.StartAsync(settings);
        await using var two = await ServiceProcess.StartAsync(settings);
        using var here = await Api.RegisteredAsync(one.Address);
        using var there = here.At(two.Address);
        (await there.SummaryAsync()).Total.Should().Be(0);
        var acknowledged = 0;
        for (var i = 0; i < Writes; i++)
        {
            // From before the request is sent until after it is answered.
            using var hangUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(i % 20));
            try
            {
                var answer = await here.PostAsync("/api/experiments", new { name = "n", experiment_type = "memory" }, hangUp.Token);
                answer.Status.Should().Be(HttpStatusCode.Created);
                acknowledged++;
            }
            catch (OperationCanceledException)
            {
                // Hung up.
            }
        }

        await here.RunExperimentAsync();
        var (experiments, results, commits) = await WrittenAsync(settings);
        (results, commits).Should().Be((experiments, experiments), "each has its results and its record in the journal, whenever one looks");

        // Those that nobody waits for may still be on their way: until none has come while both nodes were asked.
        await Until.AsWantedAsync(
            async () => (Before: (await WrittenAsync(settings)).Experiments, There: (await there.SummaryAsync()).Total, Here: (await here.SummaryAsync()).Total, After: (await WrittenAsync(settings)).Experiments),
            seen => seen.Before == seen.After && seen.There == seen.After && seen.Here == seen.After,
            Soon);
        (experiments, results, commits) = await WrittenAsync(settings);
        (results, commits).Should().Be((experiments, experiments), "each has its results and its record in the journal");
        experiments.Should().BeInRange(acknowledged + 1, Writes + 1);
        one.Output.Should().NotContain("fail:").And.NotContain("answered 5");
    }

    private static int Requests(Answer stats, string name) => stats.Member("requests").GetProperty(name).GetInt32();

    /// <summary>What is written, as of one moment.</summary>
    private static async Task<(long Experiments, long Results, long Commits)> WrittenAsync(Dictionary<string, string> settings)
    {
        await using var connection = new NpgsqlConnection(settings["ConnectionStrings__Postgres"]);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "SELECT (SELECT count(*) FROM experiments), (SELECT count(*) FROM results), (SELECT count(DISTINCT xid) FROM cache_journal WHERE command = 'CreateExperiment')", connection);
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        return (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
    }

    private static async Task<long> CountAsync(Dictionary<string, string> settings, string sql)
    {
        await using var connection = new NpgsqlConnection(settings["ConnectionStrings__Postgres"]);
        await connection.OpenAsync();
#pragma warning disable CA2100 // The statements are those above.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
