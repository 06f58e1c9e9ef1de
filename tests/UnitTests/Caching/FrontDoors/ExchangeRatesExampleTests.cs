using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.FrontDoors;

namespace NeuroLab.UnitTests.Caching.FrontDoors;

// The example of docs/caching.md begins here.
public interface IExchangeRates
{
    [Cached(TtlSeconds = 300, KeyPrefix = "rates")]
    Task<decimal> GetAsync(string currency, DateOnly day, CancellationToken cancellationToken);

    [Cached(TtlSeconds = 300, StaleSeconds = 3600, KeyPrefix = "rate-table", Tags = ["rates"])]
    Task<Cached<RateTable>> GetTableAsync(DateOnly day, CancellationToken cancellationToken);
}

public sealed record RateTable(DateOnly Day, IReadOnlyList<decimal> Rates);

internal sealed class ExchangeRates : IExchangeRates
{
    public Task<decimal> GetAsync(string currency, DateOnly day, CancellationToken cancellationToken) => Task.FromResult(1.17m);

    // A value becomes a Cached<T> by itself; whether and how stale it is, is for the cache to say.
    public async Task<Cached<RateTable>> GetTableAsync(DateOnly day, CancellationToken cancellationToken) =>
        new RateTable(day, [await GetAsync("USD", day, cancellationToken).ConfigureAwait(false)]);
}

internal static class ExchangeRateServices
{
    public static IServiceCollection AddExchangeRates(this IServiceCollection services) =>
        services.AddScoped<IExchangeRates, ExchangeRates>().AddCached<IExchangeRates>();
}

// And it ends here.
public sealed class ExchangeRatesExampleTests
{
    [Fact]
    public async Task Example_OfTheDocumentation_Works()
    {
        await using var node = new EngineFixture(add: services => services.AddExchangeRates());
        await using var scope = node.Services.CreateAsyncScope();
        var rates = scope.ServiceProvider.GetRequiredService<IExchangeRates>();
        var day = new DateOnly(2026, 11, 1);

        (await rates.GetAsync("USD", day, default)).Should().Be(1.17m);
        (await rates.GetTableAsync(day, default)).Freshness.Source.Should().Be(CacheSource.Origin);
        (await rates.GetTableAsync(day, default)).Freshness.Source.Should().Be(CacheSource.Memory);
        (await node.Cache.GetAsync<decimal>(CacheKey.Of("rates:USD:2026-11-01"), default)).Found!.Value.Should().Be(1.17m);
    }

    [Fact]
    public void Example_OfTheDocumentation_IsThisOne()
    {
        var source = Normal(File.ReadAllText(PathOfThis()));
        var begins = source.IndexOf("begins here.\n", StringComparison.Ordinal) + "begins here.\n".Length;
        var example = source[begins..source.IndexOf("\n\n// And it ends", StringComparison.Ordinal)];

        Normal(File.ReadAllText(Path.Combine(Path.GetDirectoryName(PathOfThis())!, "../../../../docs/caching.md"))).Should().Contain(example);
    }

    private static string Normal(string text) => text.ReplaceLineEndings("\n");

    private static string PathOfThis([CallerFilePath] string path = "") => path;
}
