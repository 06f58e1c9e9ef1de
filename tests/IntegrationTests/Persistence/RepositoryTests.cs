using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Accounts;
using NeuroLab.Domain.Experiments;
using NeuroLab.Infrastructure.Persistence;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.Persistence;

/// <summary>What commands read and write, on both databases.</summary>
public abstract class RepositoryTests : IAsyncLifetime
{
    private protected TestDatabase Db { get; private set; } = null!;

    private static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync() => Db = await (await CreateAsync()).ReadyAsync();

    public async Task DisposeAsync() => await Db.DisposeAsync();

    private protected abstract Task<TestDatabase> CreateAsync();

    [Fact]
    public async Task Add_AnAccount_IsFoundByAddressAndIdAsItWas()
    {
        var user = Sample.User(" Some.One@Example.org ");
        await Db.CommitAsync(s => Accounts(s).Add(user));

        await using var scope = Db.Services.CreateAsyncScope();
        var accounts = Accounts(scope.ServiceProvider);

        (await accounts.FindByEmailAsync("some.one@example.org", None)).Should().BeEquivalentTo(user);
        (await accounts.FindAsync(user.Id, None))!.CreatedAt.Kind.Should().Be(DateTimeKind.Utc);
        (await accounts.FindByEmailAsync("Some.One@Example.org", None)).Should().BeNull("accounts are found by the normalized form");
    }

    [Fact]
    public async Task CommitAsync_WhenTwoTakeOneAddress_OneGetsAConflict()
    {
        var commits = Enumerable.Range(0, 4).Select(_ => Record.ExceptionAsync(() => Task.Run(() => Db.CommitAsync(s => Accounts(s).Add(Sample.User("same@example.org"))))));

        var outcomes = await Task.WhenAll(commits);

        outcomes.Where(e => e is null).Should().ContainSingle();
        outcomes.Where(e => e is not null).Should().AllBeOfType<ConflictException>();
    }

    [Fact]
    public async Task RequireUnchangedPassword_WhenItIsChangedMeanwhile_CommitsNothing()
    {
        var user = Sample.User();
        await Db.CommitAsync(s => Accounts(s).Add(user));
        await using var signIn = Db.Services.CreateAsyncScope();
        await using var change = Db.Services.CreateAsyncScope();
        var read = (await Accounts(signIn.ServiceProvider).FindAsync(user.Id, None))!;
        (await Accounts(change.ServiceProvider).FindAsync(user.Id, None))!.ChangePassword("the hash of another");
        await Work(change).CommitAsync([], "test", None);

        Accounts(signIn.ServiceProvider).Add(Sample.Token(read, "a"));
        Accounts(signIn.ServiceProvider).RequireUnchangedPassword(read);
        var commit = () => Work(signIn).CommitAsync([], "test", None);

        await commit.Should().ThrowAsync<ConflictException>();
        (await Db.QueryAsync("SELECT COUNT(*) FROM refresh_tokens")).Should().Equal("0");
        (await Db.QueryAsync("SELECT password_hash FROM users")).Should().Equal("the hash of another");
    }

    [Fact]
    public async Task RequireUnchangedPassword_WhenItIsTheSame_CommitsWithManyAtOnce()
    {
        var user = Sample.User();
        await Db.CommitAsync(s => Accounts(s).Add(user));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(async () =>
        {
            await using var scope = Db.Services.CreateAsyncScope();
            var read = (await Accounts(scope.ServiceProvider).FindAsync(user.Id, None))!;
            Accounts(scope.ServiceProvider).Add(Sample.Token(read, $"token {number}"));
            Accounts(scope.ServiceProvider).RequireUnchangedPassword(read);
            await Work(scope).CommitAsync([], "test", None);
        })));

        (await Db.QueryAsync("SELECT COUNT(*) FROM refresh_tokens")).Should().Equal("8");
    }

    [Fact]
    public async Task Remove_AnAccount_TakesAllThatIsItsOwnAndNothingElse()
    {
        var (gone, stays) = (Sample.User(), Sample.User());
        var (own, other) = (Sample.Experiment(gone), Sample.Experiment(stays));
        await Db.CommitAsync(s =>
        {
            Accounts(s).Add(gone);
            Accounts(s).Add(stays);
            Accounts(s).Add(Sample.Token(gone, "a"));
            Accounts(s).Add(Sample.Token(stays, "b"));
            Experiments(s).Add(own, Sample.Result(own));
            Experiments(s).Add(other, Sample.Result(other));
        });

        await Db.CommitAsync(async s => Accounts(s).Remove((await Accounts(s).FindAsync(gone.Id, None))!));

        (await Db.QueryAsync("SELECT (SELECT COUNT(*) FROM users), (SELECT COUNT(*) FROM refresh_tokens), (SELECT COUNT(*) FROM experiments), (SELECT COUNT(*) FROM results)"))
            .Should().Equal("1 | 1 | 1 | 1");
        (await Db.QueryAsync("SELECT token_hash FROM refresh_tokens")).Should().Equal("b");
    }

    [Fact]
    public async Task Use_OneTokenTwiceAtOnce_OnlyOneCommits()
    {
        var user = Sample.User();
        await Db.CommitAsync(s =>
        {
            Accounts(s).Add(user);
            Accounts(s).Add(Sample.Token(user, "once"));
        });
        await using var first = Db.Services.CreateAsyncScope();
        await using var second = Db.Services.CreateAsyncScope();
        (await Accounts(first.ServiceProvider).FindTokenAsync("once", None))!.Use(Sample.Noon);
        (await Accounts(second.ServiceProvider).FindTokenAsync("once", None))!.Use(Sample.Noon.AddSeconds(1));

        await Work(first).CommitAsync([], "test", None);
        var again = () => Work(second).CommitAsync([Invalidation.OfTag("x")], "test", None);

        await again.Should().ThrowAsync<ConflictException>();
        (await Db.Journal.ReadAsync(0, None)).Records.Should().BeEmpty();
    }

    [Fact]
    public async Task WithdrawFamilyAsync_Tokens_GoAtTheCommitAndNotBefore()
    {
        var (user, family) = (Sample.User(), Guid.NewGuid());
        await Db.CommitAsync(s =>
        {
            Accounts(s).Add(user);
            Accounts(s).Add(Sample.Token(user, "1", family));
            Accounts(s).Add(Sample.Token(user, "2", family));
            Accounts(s).Add(Sample.Token(user, "3"));
        });
        await using var scope = Db.Services.CreateAsyncScope();

        await Accounts(scope.ServiceProvider).WithdrawFamilyAsync(family, None);
        (await Db.QueryAsync("SELECT COUNT(*) FROM refresh_tokens")).Should().Equal("3");
        await Work(scope).CommitAsync([], "test", None);
        (await Db.QueryAsync("SELECT token_hash FROM refresh_tokens")).Should().Equal("3");

        await Accounts(scope.ServiceProvider).WithdrawAllAsync(user.Id, None);
        await Work(scope).CommitAsync([], "test", None);
        (await Db.QueryAsync("SELECT COUNT(*) FROM refresh_tokens")).Should().Equal("0");
    }

    [Fact]
    public async Task WithdrawAllAsync_WhenASignInWithTheOldPasswordCommitsBeforeTheChange_TakesItsTokenToo()
    {
        var user = Sample.User();
        await Db.CommitAsync(s => Accounts(s).Add(user));
        await using var change = Db.Services.CreateAsyncScope();
        (await Accounts(change.ServiceProvider).FindAsync(user.Id, None))!.ChangePassword("the hash of another");
        await Accounts(change.ServiceProvider).WithdrawAllAsync(user.Id, None);
        await Db.CommitAsync(async s =>
        {
            Accounts(s).Add(Sample.Token(user, "of the old password"));
            Accounts(s).RequireUnchangedPassword((await Accounts(s).FindAsync(user.Id, None))!);
        });

        await Work(change).CommitAsync([], "test", None);

        (await Db.QueryAsync("SELECT COUNT(*) FROM refresh_tokens")).Should().Equal(["0"], "no session of the old password outlives it");
        (await Db.QueryAsync("SELECT password_hash FROM users")).Should().Equal("the hash of another");
    }

    [Fact]
    public async Task WithdrawFamilyAsync_WhenATokenIsUsedBeforeTheCommit_TakesItsSuccessorToo()
    {
        var (user, family) = (Sample.User(), Guid.NewGuid());
        await Db.CommitAsync(s =>
        {
            Accounts(s).Add(user);
            Accounts(s).Add(Sample.Token(user, "1", family));
            Accounts(s).Add(Sample.Token(user, "of another sign-in"));
        });
        await using var scope = Db.Services.CreateAsyncScope();
        await Accounts(scope.ServiceProvider).WithdrawFamilyAsync(family, None);
        await Db.CommitAsync(async s =>
        {
            (await Accounts(s).FindTokenAsync("1", None))!.Use(Sample.Noon);
            Accounts(s).Add(Sample.Token(user, "2", family));
        });

        await Work(scope).CommitAsync([], "test", None);

        (await Db.QueryAsync("SELECT token_hash FROM refresh_tokens")).Should().Equal("of another sign-in");
    }

    [Fact]
    public async Task Trim_WhenTokensEndedLongAgo_DeletesThemAndNoOther()
    {
        var user = Sample.User();
        await Db.CommitAsync(s =>
        {
            Accounts(s).Add(user);
            Accounts(s).Add(Sample.Token(user, "ends at noon"));
            Accounts(s).Add(new RefreshToken(Guid.NewGuid(), user.Id, Guid.NewGuid(), "ends later", Sample.Noon, Sample.Noon.AddDays(30).AddSeconds(2)));
        });
        var clock = new FakeTimeProvider(new DateTimeOffset(Sample.Noon.AddDays(30) + Retention.TokensKept + TimeSpan.FromSeconds(1)));
        using var retention = new Retention(Db.Get<Database>(), clock, NullLogger<Retention>.Instance);

        (await retention.TrimTokensAsync(None)).Should().Be(1);

        (await Db.QueryAsync("SELECT token_hash FROM refresh_tokens")).Should().Equal("ends later");
    }

    [Fact]
    public async Task FindAsync_AnothersExperiment_ReturnsNull()
    {
        var (owner, other) = (Sample.User(), Sample.User());
        var experiment = Sample.Experiment(owner, name: "*?[x]:\\ 'quoted\" 😀; DROP TABLE users");
        await Db.CommitAsync(s =>
        {
            Accounts(s).Add(owner);
            Experiments(s).Add(experiment, null);
        });
        await using var scope = Db.Services.CreateAsyncScope();

        (await Experiments(scope.ServiceProvider).FindAsync(other.Id, experiment.Id, None)).Should().BeNull();
        (await Experiments(scope.ServiceProvider).FindAsync(owner.Id, experiment.Id, None)).Should().BeEquivalentTo(experiment);
    }

    [Fact]
    public async Task Rename_AnExperiment_IsWrittenWithTheCommit()
    {
        var (user, experiment) = await StoredAsync();

        await Db.CommitAsync(async s => (await Experiments(s).FindAsync(user, experiment, None))!.Rename("New name", Sample.Noon.AddHours(1)));

        var found = await Db.Get<IExperimentReader>().FindAsync(user, experiment, None);
        found!.Experiment.Name.Should().Be("New name");
        found.Experiment.UpdatedAt.Should().Be(Sample.Noon.AddHours(1));
        found.Result.Should().NotBeNull();
    }

    [Fact]
    public async Task CommitAsync_WhenSomebodyDeletedItMeanwhile_IsAConflict()
    {
        var (user, experiment) = await StoredAsync();
        await using var scope = Db.Services.CreateAsyncScope();
        var mine = (await Experiments(scope.ServiceProvider).FindAsync(user, experiment, None))!;
        await Db.CommitAsync(async s => Experiments(s).Remove((await Experiments(s).FindAsync(user, experiment, None))!));

        mine.Rename("Too late", Sample.Noon);
        var commit = () => Work(scope).CommitAsync([], "test", None);

        await commit.Should().ThrowAsync<ConflictException>();
        (await Db.QueryAsync("SELECT COUNT(*) FROM results")).Should().Equal("0");
    }

    [Fact]
    public async Task CommitAsync_WhenTheAccountIsGone_IsAConflictThatSaysSo()
    {
        var commit = () => Db.CommitAsync(s => Experiments(s).Add(Sample.Experiment(Sample.User()), null), Invalidation.OfTag("x"));

        (await commit.Should().ThrowAsync<ConflictException>()).WithMessage("*account does not exist*");
        (await Db.Journal.ReadAsync(0, None)).Records.Should().BeEmpty();
    }

    [Fact]
    public async Task CommitAsync_AfterAFailure_DoesNotCommitWhatFailed()
    {
        await Db.CommitAsync(s => Accounts(s).Add(Sample.User("taken@example.org")));
        await using var scope = Db.Services.CreateAsyncScope();
        Accounts(scope.ServiceProvider).Add(Sample.User("taken@example.org"));
        await Record.ExceptionAsync(() => Work(scope).CommitAsync([Invalidation.OfTag("x")], "test", None));

        Accounts(scope.ServiceProvider).Add(Sample.User("free@example.org"));
        await Work(scope).CommitAsync([], "test", None);

        (await Db.QueryAsync("SELECT email FROM users ORDER BY email")).Should().Equal("free@example.org", "taken@example.org");
    }

    [Fact]
    public async Task CommitAsync_WhenCancelledBefore_WritesNothing()
    {
        await using var scope = Db.Services.CreateAsyncScope();
        Accounts(scope.ServiceProvider).Add(Sample.User());

        var commit = () => Work(scope).CommitAsync([], "test", new CancellationToken(canceled: true));

        await commit.Should().ThrowAsync<OperationCanceledException>();
        (await Db.QueryAsync("SELECT COUNT(*) FROM users")).Should().Equal("0");
    }

    [Fact]
    public async Task Stored_EnumsAndParameters_AreReadableText()
    {
        var user = Sample.User();
        await Db.CommitAsync(s =>
        {
            Accounts(s).Add(user);
            Experiments(s).Add(Sample.Experiment(user, type: ExperimentType.ReactionTime), null);
        });

        (await Db.QueryAsync("SELECT experiment_type, status FROM experiments")).Should().Equal("reaction_time | completed");
        (await Db.QueryAsync("SELECT parameters FROM experiments")).Single().Replace(" ", "", StringComparison.Ordinal)
            .Should().Be("""{"type":"reaction_time","trials":10,"stimulusType":"audio"}""");
    }

    [Fact]
    public async Task AddAsync_InBulk_RecordsWhatIsOutOfDate()
    {
        var user = Sample.User();
        var writer = Db.Get<BulkWriter>();

        await writer.AddAsync([user], None);
        await writer.AddAsync([.. Enumerable.Range(0, 1200).Select(_ => Sample.Experiment(user)).Select(e => (e, (ExperimentResult?)Sample.Result(e)))], None);

        (await Db.QueryAsync("SELECT COUNT(*) FROM results")).Should().Equal("1200");
        (await Db.Journal.ReadAsync(0, None)).Records.Select(r => r.Invalidation.Text).Distinct()
            .Should().BeEquivalentTo($"dashboard:{user.Id}:*", $"experiments:{user.Id}:*");
    }

    [Fact]
    public async Task GetOrCreateAsync_ManyNodesAtOnce_GetTheSameKey()
    {
        await using var other = await Db.AnotherNode().ReadyAsync();
        var stores = new[] { Db.Get<ServiceKeyStore>(), other.Get<ServiceKeyStore>() };

        var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => stores[i % 2].GetOrCreateAsync("jwt", () => Guid.NewGuid().ToByteArray(), None))));

        keys.Select(Convert.ToHexString).Distinct().Should().ContainSingle();
        Convert.ToHexString(await stores[0].GetOrCreateAsync("another", () => [1, 2], None)).Should().Be("0102");
    }

    [Fact]
    public async Task CheckAsync_WhenManyAskAtOnce_AsksTheDatabaseFewTimes()
    {
        const int Askers = 100;
        var health = Db.Get<IDatabaseHealth>();
        var asking = new Task<DatabaseStatus>[Askers];
        for (var one = 0; one < Askers; one++)
        {
            asking[one] = health.CheckAsync(None);
        }

        var statuses = await Task.WhenAll(asking);

        statuses.Should().OnlyContain(status => status.Available);
        statuses.Distinct(ReferenceEqualityComparer.Instance).Count().Should().BeLessThan(Askers / 2, "each question takes a connection of its own");
    }

    [Fact]
    public async Task CheckAsync_InHealth_SaysWhichAndHowLong()
    {
        var status = await Db.Get<IDatabaseHealth>().CheckAsync(None);

        status.Should().BeEquivalentTo(new { Available = true, Circuit = "closed", Db.Database.Target.Provider });
        status.ResponseTime.Should().BePositive();
    }

    private static IAccountRepository Accounts(IServiceProvider services) => services.GetRequiredService<IAccountRepository>();

    private static IExperimentRepository Experiments(IServiceProvider services) => services.GetRequiredService<IExperimentRepository>();

    private static IUnitOfWork Work(AsyncServiceScope scope) => scope.ServiceProvider.GetRequiredService<IUnitOfWork>();

    private async Task<(Guid User, Guid Experiment)> StoredAsync()
    {
        var user = Sample.User();
        var experiment = Sample.Experiment(user);
        await Db.CommitAsync(s =>
        {
            Accounts(s).Add(user);
            Experiments(s).Add(experiment, Sample.Result(experiment));
        });
        return (user.Id, experiment.Id);
    }
}

public sealed class RepositoriesOnSqliteTests : RepositoryTests
{
    private protected override Task<TestDatabase> CreateAsync() => Task.FromResult(TestDatabase.Sqlite());
}

[Collection(PostgresCollection.Name)]
public sealed class RepositoriesOnPostgresTests(PostgresServer server) : RepositoryTests
{
    private protected override async Task<TestDatabase> CreateAsync() => TestDatabase.Postgres(await server.CreateDatabaseAsync());
}
