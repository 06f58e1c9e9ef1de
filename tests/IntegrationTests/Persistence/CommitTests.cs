using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Experiments;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.Persistence;

/// <summary>How a command's changes and its journal records reach PostgreSQL: as one transaction, with or without a COMMIT of their own.</summary>
[Collection(PostgresCollection.Name)]
public sealed class CommitTests(PostgresServer server) : IAsyncLifetime
{
    private const string RefuseTheJournal = """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON cache_journal FOR EACH ROW EXECUTE FUNCTION refuse()
        """;

    private const string RefuseOtherNames = """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.name <> 'kept' THEN RAISE EXCEPTION 'refused'; END IF; RETURN NEW; END $$;
        CREATE TRIGGER refuse BEFORE UPDATE ON experiments FOR EACH ROW EXECUTE FUNCTION refuse()
        """;

    private TestDatabase _db = null!;

    public async Task InitializeAsync() => _db = await TestDatabase.Postgres(await server.CreateDatabaseAsync()).ReadyAsync();

    public async Task DisposeAsync() => await _db.DisposeAsync();

    [Fact]
    public async Task CommitAsync_OfOneChange_GoesInOneBatchWithItsRecordsAndNeedsNoCommit()
    {
        var experiment = await AddedAsync();
        _db.Commands.Clear();

        var position = await RenameAsync(experiment, "new");

        _db.Commands.Texts.Should().HaveCount(2, "the experiment is read, and then everything is sent at once");
        _db.Commands.Texts.Last().Should().Contain("UPDATE").And.Contain("cache_journal");
        _db.Commands.Transactions.Should().Be(0);
        (await NameAsync()).Should().Equal("new");
        (await _db.QueryAsync($"SELECT DISTINCT xid FROM cache_journal WHERE xid >= '{position}'")).Should().ContainSingle("both records are of one transaction");
    }

    [Fact]
    public async Task CommitAsync_WhenTheJournalRefuses_ChangesNothing()
    {
        var experiment = await AddedAsync();
        await _db.QueryAsync(RefuseTheJournal);

        await FluentActions.Awaiting(() => RenameAsync(experiment, "new")).Should().ThrowAsync<Exception>();
        await FluentActions.Awaiting(AddedAsync).Should().ThrowAsync<Exception>();

        (await NameAsync()).Should().Equal(experiment.Name);
    }

    /// <summary>What is deferred happens after the last statement has ended, and the notice sends the answers of all of them on their way: nothing but the end of the transaction is left to fail.</summary>
    [Theory]
    [InlineData("RAISE EXCEPTION 'refused'")]
    [InlineData("PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5)")]
    public async Task CommitAsync_WhenTheTransactionFailsAfterItsStatements_IsNoSuccess(string failure)
    {
        var experiment = await AddedAsync();
        await _db.QueryAsync($"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'all statements have ended'; {failure}; RETURN NULL; END $$");
        await _db.QueryAsync("CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON cache_journal DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()");

        await FluentActions.Awaiting(() => RenameAsync(experiment, "new")).Should().ThrowAsync<Exception>();
        await FluentActions.Awaiting(AddedAsync).Should().ThrowAsync<Exception>();

        (await NameAsync()).Should().Equal(experiment.Name);
    }

    [Fact]
    public async Task CommitAsync_WhenTheDataIsRefused_InvalidatesNothing()
    {
        var experiment = await AddedAsync();
        var records = await RecordsAsync();
        await _db.QueryAsync(RefuseOtherNames);

        await FluentActions.Awaiting(() => RenameAsync(experiment, "new")).Should().ThrowAsync<Exception>();

        (await RecordsAsync()).Should().Equal(records);
    }

    [Fact]
    public async Task CommitAsync_WhenItsOnlyRowIsGone_IsAConflict()
    {
        var experiment = await AddedAsync();

        var commit = () => _db.CommitAsync(
            async services =>
            {
                (await services.GetRequiredService<IExperimentRepository>().FindAsync(experiment.UserId, experiment.Id, default))!.Rename("new", DateTime.UtcNow);
                await _db.QueryAsync("DELETE FROM experiments");
            },
            Invalidation.OfTag("a"));

        await commit.Should().ThrowAsync<ConflictException>();
        (await NameAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task CommitAsync_WhenOneOfManyRowsIsGone_ChangesNothing()
    {
        var (kept, gone) = (await AddedAsync(), await AddedAsync());
        var records = await RecordsAsync();

        var commit = () => _db.CommitAsync(
            async services =>
            {
                var experiments = services.GetRequiredService<IExperimentRepository>();
                foreach (var experiment in new[] { kept, gone })
                {
                    (await experiments.FindAsync(experiment.UserId, experiment.Id, default))!.Rename("new", DateTime.UtcNow);
                }

                await _db.QueryAsync($"DELETE FROM experiments WHERE id = '{gone.Id}'");
            },
            Invalidation.OfTag("a"));

        await commit.Should().ThrowAsync<ConflictException>();
        (await NameAsync()).Should().Equal(kept.Name);
        (await RecordsAsync()).Should().Equal(records);
    }

    [Fact]
    public async Task CommitAsync_OfMoreThanOneBatch_IsOneTransactionAllTheSame()
    {
        const int Many = Infrastructure.Persistence.DatabaseTarget.MostInBatch;
        await _db.QueryAsync("ALTER TABLE cache_journal ADD CONSTRAINT ck_last CHECK (pattern <> 'last')");

        var commit = () => _db.CommitAsync(
            services => services.GetRequiredService<IAccountRepository>().Add(Sample.User()),
            [.. Enumerable.Range(0, Many).Select(i => Invalidation.OfTag($"t{i}")), Invalidation.OfTag("last")]);

        await commit.Should().ThrowAsync<Exception>();
        (await _db.QueryAsync("SELECT (SELECT COUNT(*) FROM users), (SELECT COUNT(*) FROM cache_journal)")).Should().Equal("0 | 0");
    }

    private async Task<Experiment> AddedAsync()
    {
        var user = Sample.User();
        var experiment = Sample.Experiment(user);
        await _db.CommitAsync(
            services =>
            {
                services.GetRequiredService<IAccountRepository>().Add(user);
                services.GetRequiredService<IExperimentRepository>().Add(experiment, Sample.Result(experiment));
            },
            Invalidation.OfTag("added"));
        return experiment;
    }

    private Task<long?> RenameAsync(Experiment experiment, string name) => _db.CommitAsync(
        async services => (await services.GetRequiredService<IExperimentRepository>().FindAsync(experiment.UserId, experiment.Id, default))!.Rename(name, DateTime.UtcNow),
        Invalidation.OfTag("a"),
        Invalidation.OfTag("b"));

    private Task<List<string>> NameAsync() => _db.QueryAsync("SELECT name FROM experiments");

    private Task<List<string>> RecordsAsync() => _db.QueryAsync("SELECT id FROM cache_journal ORDER BY id");
}
