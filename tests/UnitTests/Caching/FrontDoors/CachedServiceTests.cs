using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Caching.FrontDoors;

namespace NeuroLab.UnitTests.Caching.FrontDoors;

/// <summary>The services of these tests: one method of each kind that can be cached, and some that are not.</summary>
internal interface IRates
{
    [Cached(TtlSeconds = 60, KeyPrefix = "rates")]
    Task<decimal> GetAsync(string currency, CancellationToken cancellationToken);

    [Cached(KeyPrefix = "rates-fast")]
    ValueTask<decimal> GetFastAsync(string currency);

    [Cached(KeyPrefix = "rates-marked", StaleSeconds = 30, Tags = ["rates"])]
    Task<Cached<decimal>> GetMarkedAsync(string currency, CacheReadOptions options = default);

    [Cached(KeyPrefix = "rates-marked-fast")]
    ValueTask<Cached<decimal>> GetMarkedFastAsync();

    [Cached]
    Task<string?> DescribeAsync(IReadOnlyList<string> currencies);

    int Calls { get; }

    Task<string> NotCachedAsync(string text);

    bool TryFind<T>(T value, ref int count, out string found);
}

/// <summary>What the service does is said by the test.</summary>
internal sealed class RatesOrigin
{
    private int _calls;

    public int Calls => _calls;

    public int Disposed { get; set; }

    public Func<string, CancellationToken, Task<decimal>> Answer { get; set; } = (_, _) => Task.FromResult(1m);

    public Func<string, Cached<decimal>>? Marked { get; set; }

    public Task<decimal> CallAsync(string currency, CancellationToken token = default)
    {
        Interlocked.Increment(ref _calls);
        return Answer(currency, token);
    }
}

internal sealed class Rates(RatesOrigin origin) : IRates, IDisposable
{
    private int _own;

    public int Calls => _own;

    public Task<decimal> GetAsync(string currency, CancellationToken cancellationToken)
    {
        _own++;
        return origin.CallAsync(currency, cancellationToken);
    }

    public async ValueTask<decimal> GetFastAsync(string currency) => await origin.CallAsync(currency);

    public async Task<Cached<decimal>> GetMarkedAsync(string currency, CacheReadOptions options) =>
        options == default ? origin.Marked?.Invoke(currency) ?? await origin.CallAsync(currency) : throw new InvalidOperationException("The caller's options are no business of a load.");

    public async ValueTask<Cached<decimal>> GetMarkedFastAsync() => await origin.CallAsync("");

    public async Task<string?> DescribeAsync(IReadOnlyList<string> currencies)
    {
        await origin.CallAsync("");
        return currencies.Count == 0 ? null : string.Join('+', currencies);
    }

    public Task<string> NotCachedAsync(string text) => Task.FromResult($"{text} {++_own}");

    public bool TryFind<T>(T value, ref int count, out string found)
    {
        found = $"{typeof(T).Name} {value} {count++}";
        return value is null ? throw new NotFoundException("none") : true;
    }

    public void Dispose() => origin.Disposed++;
}

public sealed class CachedServiceTests
{
    private readonly RatesOrigin _origin = new();

    private EngineFixture Node(EngineFixture? other = null, bool redis = false, Action<IServiceCollection>? register = null) =>
        new(other, redis, add: services =>
        {
            services.AddSingleton(_origin);
            (register ?? (s => s.AddScoped<IRates, Rates>()))(services);
            services.AddCached<IRates>();
        });

    private static async Task<T> InScopeAsync<T>(EngineFixture node, Func<IRates, Task<T>> call)
    {
        await using var scope = node.Services.CreateAsyncScope();
        return await call(scope.ServiceProvider.GetRequiredService<IRates>());
    }

    [Fact]
    public async Task Call_OfEveryKind_IsLoadedOnceAndThenAnsweredFromTheCache()
    {
        await using var node = Node();
        for (var i = 0; i < 2; i++)
        {
            (await InScopeAsync(node, rates => rates.GetAsync("EUR", default))).Should().Be(1);
            (await InScopeAsync(node, rates => rates.GetFastAsync("EUR").AsTask())).Should().Be(1);
            (await InScopeAsync(node, rates => rates.GetMarkedAsync("EUR"))).Freshness.Source.Should().Be(i == 0 ? CacheSource.Origin : CacheSource.Memory);
            (await InScopeAsync(node, rates => rates.GetMarkedFastAsync().AsTask())).Value.Should().Be(1);
            (await InScopeAsync(node, rates => rates.DescribeAsync(["a", "b"]))).Should().Be("a+b");
            (await InScopeAsync(node, rates => rates.DescribeAsync([]))).Should().BeNull("null is a value");
            _origin.Calls.Should().Be(6);
        }

        await InScopeAsync(node, rates => rates.GetAsync("USD", default));
        _origin.Calls.Should().Be(7);
    }

    [Fact]
    public async Task Call_WhenItsTimeToLiveHasPassed_IsLoadedAgain()
    {
        await using var node = Node();
        await InScopeAsync(node, rates => rates.GetAsync("EUR", default));
        node.Time.Advance(TimeSpan.FromSeconds(60));

        await InScopeAsync(node, rates => rates.GetAsync("EUR", default));

        _origin.Calls.Should().Be(2);
    }

    public static TheoryData<string> Registrations() => new() { "transient", "scoped", "singleton", "factory", "instance" };

    [Theory]
    [MemberData(nameof(Registrations))]
    public async Task Load_WhateverTheRegistration_IsOfTheServiceItself(string way)
    {
        await using var node = Node(register: services => _ = way switch
        {
            "transient" => services.AddTransient<IRates, Rates>(),
            "scoped" => services.AddScoped<IRates, Rates>(),
            "singleton" => services.AddSingleton<IRates, Rates>(),
            "factory" => services.AddScoped<IRates>(provider => new Rates(provider.GetRequiredService<RatesOrigin>())),
            _ => services.AddSingleton<IRates>(new Rates(_origin)),
        });

        var (first, calls) = await InScopeAsync(node, async rates => (await rates.GetAsync("EUR", default), rates.Calls));
        var second = await InScopeAsync(node, rates => rates.GetAsync("EUR", default));

        (first, second, _origin.Calls).Should().Be((1m, 1m, 1));
        calls.Should().Be(way is "singleton" or "instance" ? 1 : 0, "a load has an instance of its own where instances are of a scope");
    }

    [Fact]
    public async Task Load_WhenTheCallersScopeIsGone_GoesOnInItsOwn()
    {
        await using var node = Node();
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new TaskCompletionSource<decimal>(TaskCreationOptions.RunContinuationsAsynchronously);
        _origin.Answer = (_, _) =>
        {
            began.TrySetResult();
            return gate.Task;
        };
        var first = node.Services.CreateAsyncScope();
        using var hangsUp = new CancellationTokenSource();
        var reading = first.ServiceProvider.GetRequiredService<IRates>().GetAsync("EUR", hangsUp.Token);
        await began.Task;
        var waiting = InScopeAsync(node, rates => rates.GetAsync("EUR", default));

        await hangsUp.CancelAsync();
        await first.DisposeAsync();
        var hungUp = () => reading;
        await hungUp.Should().ThrowAsync<OperationCanceledException>();
        _origin.Disposed.Should().Be(1, "the load has an instance of its own");
        gate.SetResult(2);

        (await waiting).Should().Be(2);
    }

    [Fact]
    public async Task Load_WhenNobodyWaitsAnyMore_IsCancelledByItsOwnToken()
    {
        await using var node = Node();
        var given = new TaskCompletionSource<CancellationToken>(TaskCreationOptions.RunContinuationsAsynchronously);
        _origin.Answer = (_, token) =>
        {
            given.TrySetResult(token);
            return Task.Delay(Timeout.Infinite, token).ContinueWith(_ => 0m, TaskScheduler.Default);
        };
        using var hangsUp = new CancellationTokenSource();
        var reading = InScopeAsync(node, rates => rates.GetAsync("EUR", hangsUp.Token));
        var token = await given.Task;

        token.Should().NotBe(hangsUp.Token);
        token.IsCancellationRequested.Should().BeFalse();
        await hangsUp.CancelAsync();
        await Eventually.TrueAsync(() => token.IsCancellationRequested);
        var hungUp = () => reading;
        await hungUp.Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Load_WhenItThrows_TellsEveryCallerAsItIsAndKeepsNothing()
    {
        await using var node = Node();
        var failure = new NotFoundException("none");
        _origin.Answer = (_, _) => throw failure;
        var call = () => InScopeAsync(node, rates => rates.GetAsync("EUR", default));

        (await call.Should().ThrowAsync<NotFoundException>()).Which.Should().BeSameAs(failure);
        _origin.Answer = (_, _) => Task.FromResult(3m);

        (await call()).Should().Be(3);
    }

    [Fact]
    public async Task Load_WhenTheCallerHasAnAmbientContext_SeesNothingOfIt()
    {
        await using var node = Node();
        var ambient = new AsyncLocal<int> { Value = 7 };
        _origin.Answer = (_, _) => Task.FromResult((decimal)ambient.Value);

        (await InScopeAsync(node, rates => rates.GetAsync("EUR", default))).Should().Be(0);
    }

    [Fact]
    public async Task Load_WhenTheCallerChangesTheListMeanwhile_HasWhatWasAskedFor()
    {
        await using var node = Node();
        var gate = new TaskCompletionSource<decimal>(TaskCreationOptions.RunContinuationsAsynchronously);
        _origin.Answer = (_, _) => gate.Task;
        var list = new List<string> { "a" };

        var reading = InScopeAsync(node, rates => rates.DescribeAsync(list));
        list[0] = "b";
        gate.SetResult(0);

        (await reading).Should().Be("a");
        (await InScopeAsync(node, rates => rates.DescribeAsync(["a"]))).Should().Be("a");
    }

    [Fact]
    public async Task Stale_WhereTheReturnTypeCarriesTheMark_IsServedInsideItsWindow()
    {
        await using var node = Node();
        await InScopeAsync(node, rates => rates.GetMarkedAsync("EUR"));
        node.Time.Advance(TimeSpan.FromSeconds(300 + 29));
        _origin.Answer = (_, _) => throw new TimeoutException();

        var answer = await InScopeAsync(node, rates => rates.GetMarkedAsync("EUR"));
        node.Time.Advance(TimeSpan.FromSeconds(1));
        var gone = () => InScopeAsync(node, rates => rates.GetMarkedAsync("EUR"));

        answer.Freshness.StaleReason.Should().Be(StaleReason.OriginTimeout);
        await gone.Should().ThrowAsync<OriginUnavailableException>();
    }

    [Fact]
    public async Task Stale_WhereTheReturnTypeCannotCarryTheMark_IsNeverServed()
    {
        await using var node = Node();
        await InScopeAsync(node, rates => rates.GetAsync("EUR", default));
        await InScopeAsync(node, rates => rates.GetFastAsync("EUR").AsTask());
        node.Time.Advance(TimeSpan.FromSeconds(301));
        _origin.Answer = (_, _) => throw new OriginUnavailableException(StaleReason.OriginError);

        var plain = () => InScopeAsync(node, rates => rates.GetAsync("EUR", default));
        var fast = () => InScopeAsync(node, rates => rates.GetFastAsync("EUR").AsTask());

        await plain.Should().ThrowAsync<OriginUnavailableException>();
        await fast.Should().ThrowAsync<OriginUnavailableException>();
    }

    [Fact]
    public async Task Load_WhenItsOwnAnswerIsStale_IsNotKeptAsAFreshOne()
    {
        await using var node = Node();
        _origin.Marked = _ => new Cached<decimal>(9, Freshness.Uncached([]) with { Source = CacheSource.Stale, StaleReason = StaleReason.CircuitOpen });
        var call = () => InScopeAsync(node, rates => rates.GetMarkedAsync("EUR"));

        (await call.Should().ThrowAsync<OriginUnavailableException>()).Which.Reason.Should().Be(StaleReason.CircuitOpen);
        _origin.Marked = _ => new Cached<decimal>(8, Freshness.Uncached(["part"]));

        (await call()).Freshness.FailedOperations.Should().Equal("part");
    }

    [Fact]
    public async Task Options_WhenTheCallerForcesARefresh_AreHeededAndNoPartOfTheKey()
    {
        await using var node = Node();
        await InScopeAsync(node, rates => rates.GetMarkedAsync("EUR"));
        _origin.Answer = (_, _) => Task.FromResult(2m);

        var forced = await InScopeAsync(node, rates => rates.GetMarkedAsync("EUR", new CacheReadOptions(ForceRefresh: true)));
        var held = await InScopeAsync(node, rates => rates.GetMarkedAsync("EUR"));

        (forced.Value, held.Value).Should().Be((2m, 2m));
    }

    public static TheoryData<string> Invalidations() => new() { "pattern", "call", "tag", "purge" };

    [Theory]
    [MemberData(nameof(Invalidations))]
    public async Task Invalidation_WhenItMeetsARunningLoad_IsNotLost(string way)
    {
        await using var node = Node(redis: true);
        await using var other = Node(node);
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new TaskCompletionSource<decimal>(TaskCreationOptions.RunContinuationsAsynchronously);
        _origin.Answer = (_, _) =>
        {
            began.TrySetResult();
            return gate.Task;
        };
        var reading = InScopeAsync(node, rates => rates.GetMarkedAsync("E*R"));
        await began.Task;

        await node.Cache.InvalidateAsync(
            [way switch
            {
                "pattern" => Invalidation.OfPattern(CachePattern.Glob("rates-marked:*")),
                "call" => Invalidation.OfPattern(CachePattern.Glob($"rates-marked:{CacheKey.Escape("E*R")}")),
                "tag" => Invalidation.OfTag("rates"),
                _ => Invalidation.Purge(CachePattern.Glob("rates-marked:*")),
            }],
            "test",
            default);
        _origin.Answer = (_, _) => Task.FromResult(2m);
        gate.SetResult(1);
        await reading;

        (await InScopeAsync(node, rates => rates.GetMarkedAsync("E*R"))).Value.Should().Be(2);
        (await InScopeAsync(other, rates => rates.GetMarkedAsync("E*R"))).Value.Should().Be(2);
    }

    [Fact]
    public async Task MethodsWithoutTheAttribute_Always_GoToTheCallersInstance()
    {
        await using var node = Node();
        await using var scope = node.Services.CreateAsyncScope();
        var rates = scope.ServiceProvider.GetRequiredService<IRates>();
        var count = 4;

        (await rates.NotCachedAsync("a")).Should().Be("a 1");
        (await rates.NotCachedAsync("a")).Should().Be("a 2");
        rates.TryFind(1.5, ref count, out var found).Should().BeTrue();
        var failing = () => rates.TryFind<string?>(null, ref count, out _);

        (count, found).Should().Be((5, "Double 1.5 4"));
        failing.Should().Throw<NotFoundException>();
        rates.Calls.Should().Be(2);
    }

    [Fact]
    public async Task OtherNode_WhenTheAnswerIsShared_DoesNotLoadIt()
    {
        await using var node = Node(redis: true);
        await InScopeAsync(node, rates => rates.DescribeAsync(["a"]));
        await node.Tier.HasAsync(1);
        await using var other = Node(node);

        (await InScopeAsync(other, rates => rates.DescribeAsync(["a"]))).Should().Be("a");

        _origin.Calls.Should().Be(1);
    }
}
