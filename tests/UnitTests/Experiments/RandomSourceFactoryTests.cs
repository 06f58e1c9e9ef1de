using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Experiments;
using NeuroLab.Application.Abstractions.Randomness;
using NeuroLab.Infrastructure.Randomness;

namespace NeuroLab.UnitTests.Experiments;

public sealed class RandomSourceFactoryTests
{
    [Fact]
    public void Create_WhenASeedIsConfigured_RepeatsAfterARestartAndDiffersFromRunToRun()
    {
        var first = Draw(Factory("42"));
        var second = Draw(Factory("42"));

        second.Should().Equal(first);
        first.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Create_WhenNoSeedIsConfigured_Differs() => Draw(Factory(null)).Should().NotEqual(Draw(Factory(null)));

    [Fact]
    public void AddRandomness_WhenTheSeedIsNoNumber_NamesTheSetting() =>
        FluentActions.Invoking(() => Factory("many")).Should().Throw<Microsoft.Extensions.Options.OptionsValidationException>().WithMessage("*Experiments__RandomSeed*");

    [Fact]
    public void AddRandomness_WhenCalled_AddsTheDiagnostics()
    {
        using var services = Services("1");

        var act = () => services.GetRequiredService<IExperimentDiagnostics>().RunFailed(NeuroLab.Domain.Experiments.ExperimentType.Eeg, new InvalidOperationException());

        act.Should().NotThrow();
    }

    private static double[] Draw(IRandomSourceFactory factory) => [.. Enumerable.Range(0, 5).Select(_ => factory.Create().NextDouble())];

    private static IRandomSourceFactory Factory(string? seed)
    {
        using var services = Services(seed);
        return services.GetRequiredService<IRandomSourceFactory>();
    }

    private static ServiceProvider Services(string? seed) => new ServiceCollection()
        .AddLogging()
        .AddRandomness(new ConfigurationBuilder().AddInMemoryCollection([new("Experiments:RandomSeed", seed)]).Build())
        .BuildServiceProvider();
}
