using System.Net;
using Microsoft.Data.Sqlite;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>SQLite on a disk without a free byte: writes are refused whole, reads go on.</summary>
[Collection(ServersCollection.Name)]
public sealed class DiskFullTests(Servers servers)
{
    private const int Megabytes = 8;

    [Fact]
    public async Task Writes_WhenTheDiskIsFull_AreRefusedWholeWhileReadsGoOn()
    {
        using var disk = SmallDisk.Mount(Megabytes);
        await using var service = await ServiceProcess.StartAsync(servers.Embedded(("DATA_DIR", disk.Path)));
        using var user = await Api.RegisteredAsync(service.Address);
        await user.RunExperimentAsync();
        await user.SummaryAsync();
        disk.Fill();

        // The log may have room left from before.
        var written = 1;
        var refusal = await Until.AsWantedAsync(
            async () =>
            {
                var answer = await WriteAsync(user);
                written += answer.Status == HttpStatusCode.Created ? 1 : 0;
                return answer;
            },
            answer => answer.Status != HttpStatusCode.Created,
            TimeSpan.FromSeconds(60));
        var refusals = new List<Answer> { refusal };
        for (var i = 0; i < 60; i++)
        {
            // So many in a row are far more than half of all calls.
            refusals.Add(await WriteAsync(user));
        }

        for (var i = 0; i < 10; i++)
        {
            refusals.Add(await WriteAsync(user));
            var loaded = await user.GetAsync("/api/dashboard/summary?force_refresh=true");
            (loaded.Status, loaded.IsStale, loaded.Source, loaded.Total).Should().Be((HttpStatusCode.OK, false, "origin", written), "reads need no room, and nothing is half-stored");
            var cached = await user.SummaryAsync();
            (cached.Status, cached.IsStale, cached.Source).Should().Be((HttpStatusCode.OK, false, "memory"));
        }

        using var another = new Api(service.Address);
        refusals.Add(await another.PostAsync("/api/auth/register", new { email = another.Email, username = "late", password = Api.Password }));
        foreach (var answer in refusals)
        {
            (answer.Status, answer.MediaType, answer.Member("error_code").GetString()).Should()
                .Be((HttpStatusCode.ServiceUnavailable, "application/problem+json", "DATABASE_ERROR"), "the breaker, which reads need, stays closed");
            answer.RetryAfter.Should().BeGreaterThan(TimeSpan.Zero);
        }

        (await user.GetAsync("/health/ready")).Status.Should().Be(HttpStatusCode.OK);
        (await user.GetAsync("/api/experiments?limit=100&force_refresh=true")).Member("total").GetInt32().Should().Be(written);

        disk.MakeRoom();

        (await WriteAsync(user)).Status.Should().Be(HttpStatusCode.Created);
        (await user.SummaryAsync()).Total.Should().Be(written + 1);
        await another.PostAsync("/api/auth/register", new { email = another.Email, username = "late", password = Api.Password });
        await another.SignInAsync(another.Email, Api.Password);
        service.Output.Should().NotContain("fail:").And.NotContain("circuit breaker");
        await service.StopAsync();
        (await IntegrityAsync(disk)).Should().Be("ok");
    }

    [Fact]
    public async Task Start_WhenTheDiskIsFull_SaysSoInASentenceAndStartsOnceThereIsRoom()
    {
        using var disk = SmallDisk.Mount(Megabytes);
        disk.Fill();
        var settings = servers.Embedded(("DATA_DIR", disk.Path));

        var (code, output) = await ServiceProcess.RunToEndAsync(settings);

        code.Should().Be(1);
        LastLine(output).Should().Contain("DATA_DIR").And.Contain("the disk must have room");
        disk.MakeRoom();
        await using var service = await ServiceProcess.StartAsync(settings);
        using var user = await Api.RegisteredAsync(service.Address);
        await user.RunExperimentAsync();
    }

    [Fact]
    public async Task Start_WhenTheSigningKeyHasNoRoom_SaysSoInASentenceAndLeavesNoHalfKey()
    {
        using var disk = SmallDisk.Mount(Megabytes);
        var settings = servers.Embedded(("DATA_DIR", disk.Path));
        await using (var first = await ServiceProcess.StartAsync(settings))
        {
            await first.StopAsync();
        }

        File.Delete(Path.Combine(disk.Path, "signing.key"));
        // Room in the database's own log, so that it is the key alone that finds none.
        await using var database = await WithRoomInItsLogAsync(disk);
        disk.Fill();

        var (code, output) = await ServiceProcess.RunToEndAsync(settings);

        code.Should().Be(1);
        LastLine(output).Should().Contain("signing.key").And.Contain("DATA_DIR").And.Contain("Authentication:Jwt:Secret");
        Directory.GetFiles(disk.Path, "signing.key*").Should().BeEmpty();
        disk.MakeRoom();
        await using var service = await ServiceProcess.StartAsync(settings);
        using var user = await Api.RegisteredAsync(service.Address);
    }

    /// <summary>What the operator reads last, below what the log says.</summary>
    private static string LastLine(string output) => output.Trim().Split('\n')[^1];

    private static Task<Answer> WriteAsync(Api user) => user.PostAsync("/api/experiments", new { name = "n", experiment_type = "eeg" });

    private static async Task<SqliteConnection> WithRoomInItsLogAsync(SmallDisk disk)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(disk.Path, "neurolab.db")};Pooling=False");
        await connection.OpenAsync();
        await ExecuteAsync(connection, "CREATE TABLE room (bytes BLOB); INSERT INTO room VALUES (zeroblob(1000000)); DELETE FROM room; DROP TABLE room; PRAGMA wal_checkpoint(RESTART)");
        return connection;
    }

    private static async Task<string?> IntegrityAsync(SmallDisk disk)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(disk.Path, "neurolab.db")};Pooling=False");
        await connection.OpenAsync();
        return await ExecuteAsync(connection, "PRAGMA integrity_check") as string;
    }

    private static async Task<object?> ExecuteAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are those above.
        command.CommandText = sql;
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }
}
