using NeuroLab.Domain.Accounts;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.IntegrationTests.Persistence;

/// <summary>Accounts and experiments for tests.</summary>
internal static class Sample
{
    public static readonly DateTime Noon = new(2026, 3, 15, 12, 0, 0, DateTimeKind.Utc);

    private static int s_number;

    public static User User(string? email = null) =>
        new(Guid.NewGuid(), email ?? $"user{Interlocked.Increment(ref s_number)}@example.org", "Some One", "hash", Noon);

    public static RefreshToken Token(User user, string hash, Guid? family = null) => new(Guid.NewGuid(), user.Id, family ?? Guid.NewGuid(), hash, Noon, Noon.AddDays(30));

    public static ExperimentParameters Parameters(ExperimentType type) => type switch
    {
        ExperimentType.HeartRate => new HeartRateParameters(5, 75),
        ExperimentType.ReactionTime => new ReactionTimeParameters(10, StimulusType.Audio),
        ExperimentType.Memory => new MemoryParameters(12, MemoryTestType.Spatial),
        _ => new EegParameters(2, 256),
    };

    public static Experiment Experiment(
        User user, DateTime? at = null, ExperimentType type = ExperimentType.HeartRate, ExperimentStatus status = ExperimentStatus.Completed, string name = "An experiment")
    {
        var experiment = NeuroLab.Domain.Experiments.Experiment.Start(Guid.NewGuid(), user.Id, name, Parameters(type), at ?? Noon);
        if (status == ExperimentStatus.Completed)
        {
            experiment.Complete(at ?? Noon);
        }
        else if (status == ExperimentStatus.Failed)
        {
            experiment.Fail(at ?? Noon);
        }

        return experiment;
    }

    public static ExperimentMetrics Metrics(ExperimentType type, double mean) => new()
    {
        Mean = mean,
        StdDev = mean / 10,
        Min = mean - 1,
        Max = mean + 1,
        Accuracy = type == ExperimentType.Memory ? mean / 2 : null,
        AvgResponseTime = type == ExperimentType.Memory ? mean / 3 : null,
        AlphaAvg = type == ExperimentType.Eeg ? mean / 4 : null,
        BetaAvg = type == ExperimentType.Eeg ? mean / 5 : null,
        ThetaAvg = type == ExperimentType.Eeg ? mean / 6 : null,
        DeltaAvg = type == ExperimentType.Eeg ? mean / 7 : null,
    };

    public static ExperimentResult Result(Experiment experiment, double mean = 70) => new(
        Guid.NewGuid(),
        experiment.Id,
        [
            new DataPoint(experiment.CreatedAt, mean, new Dictionary<string, double>()),
            new DataPoint(experiment.CreatedAt.AddSeconds(1), mean + 0.1, new Dictionary<string, double> { ["response_time"] = 1.25, ["alpha"] = 0.1 }),
        ],
        Metrics(experiment.Type, mean),
        "Quite ordinary.",
        experiment.CreatedAt);
}
