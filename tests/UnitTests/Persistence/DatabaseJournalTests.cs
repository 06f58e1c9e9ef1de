using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NeuroLab.Infrastructure.Caching.Journal;
using NeuroLab.Infrastructure.Persistence;

namespace NeuroLab.UnitTests.Persistence;

public sealed class DatabaseJournalTests
{
    [Fact]
    public async Task ReadAsync_WhenThereAreMoreRecordsThanOneReadingTakes_TakesTheNewestAndSaysFromWhere()
    {
        var directory = Directory.CreateTempSubdirectory("neurolab-journal-");
        var options = new DatabaseOptions { JournalMaxRecords = 100 };
        var target = DatabaseTarget.Sqlite(Path.Combine(directory.FullName, "test.db"), options, []);
        await using (var database = new Database(target, Options.Create(options), TimeProvider.System, NullLogger<Database>.Instance))
        {
            await new SchemaMigrator(target, TimeProvider.System).MigrateAsync(null, default);
            database.MarkReady();
            await using (var connection = new SqliteConnection(target.ConnectionString))
            {
                await connection.OpenAsync();
                await using var command = connection.CreateCommand();
                command.CommandText = """
                    INSERT INTO cache_journal (target, pattern, is_purge, command, created_at) VALUES ('pattern', 'account:x', 1, 'DeleteAccount', '2026-11-22 12:00:00');
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
                    INSERT INTO cache_journal (target, pattern, is_purge, command, created_at) SELECT 'pattern', 'k:' || i, 0, 'CreateExperiment', '2026-11-22 12:00:00' FROM n;
                    """;
                await command.ExecuteNonQueryAsync();
            }

            var journal = new DatabaseJournal(database, Options.Create(options), TimeProvider.System);

            var all = await journal.ReadAsync(0, default);
            var few = await journal.ReadAsync(450, default);

            all.Position.Should().Be(502);
            all.Records.Where(record => record.Command != "DeleteAccount").Select(record => record.Position).Should().BeEquivalentTo(Enumerable.Range(402, 100).Select(i => (long)i));
            all.Records.Should().ContainSingle(record => record.Command == "DeleteAccount");
            all.Floor.Should().Be(403);
            few.Records.Should().HaveCount(52);
            few.Floor.Should().Be(0);
        }

        target.Dispose();
        SqliteConnection.ClearAllPools();
        directory.Delete(recursive: true);
    }
}
