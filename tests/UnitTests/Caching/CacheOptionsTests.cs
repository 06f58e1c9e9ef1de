using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NeuroLab.Infrastructure.Caching;

namespace NeuroLab.UnitTests.Caching;

public sealed class CacheOptionsTests
{
    private static CacheOptions Bind(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value)).Build();
        using var services = new ServiceCollection().AddLogging().AddCaching(configuration).BuildServiceProvider();
        return services.GetRequiredService<IOptions<CacheOptions>>().Value;
    }

    [Fact]
    public void Bind_WhenNothingIsSet_HasTheDefaults()
    {
        var options = Bind();

        options.DefaultTtl.Should().Be(TimeSpan.FromSeconds(300));
        options.StaleThreshold.Should().Be(TimeSpan.FromSeconds(600));
        options.MemoryMaxSize.Should().Be(1000);
        options.VerificationWindow.Should().Be(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Bind_WhenTheEnvironmentNamesAreSet_TheyWin()
    {
        var options = Bind(("CACHE_DEFAULT_TTL", "2"), ("CACHE_STALE_THRESHOLD", "0.5"), ("CACHE_MEMORY_MAX_SIZE", "7"), ("Cache:DefaultTtl", "00:01:00"));

        options.DefaultTtl.Should().Be(TimeSpan.FromSeconds(2));
        options.StaleThreshold.Should().Be(TimeSpan.FromSeconds(0.5));
        options.MemoryMaxSize.Should().Be(7);
    }

    [Theory]
    [InlineData("CACHE_DEFAULT_TTL", "0")]
    [InlineData("CACHE_DEFAULT_TTL", "-1")]
    [InlineData("CACHE_DEFAULT_TTL", "soon")]
    [InlineData("CACHE_DEFAULT_TTL", "7200")]
    [InlineData("CACHE_STALE_THRESHOLD", "-1")]
    [InlineData("CACHE_MEMORY_MAX_SIZE", "0")]
    [InlineData("Cache:Jitter", "1")]
    [InlineData("Cache:EagerRefresh", "0")]
    [InlineData("Cache:JournalPoll", "00:00:03")]
    [InlineData("Cache:HardTimeout", "00:00:00.5")]
    public void Bind_WhenWrong_StopsWithASentenceThatNamesTheSetting(string name, string value)
    {
        var bind = () => Bind((name, value));

        bind.Should().Throw<OptionsValidationException>().Which.Message.Should().Contain(name.Replace("Cache:", "", StringComparison.Ordinal));
    }
}
