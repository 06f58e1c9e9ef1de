using NeuroLab.Domain.Common;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.Infrastructure.Maintenance;

/// <summary>The history of one sample user, drawn from one random source. Not thread-safe.</summary>
internal sealed class SampleHistory(Guid userId, DateTime first, DateTime now, IRandomSource random)
{
    private const double FailedShare = 0.06;
    private const double OpenShare = 0.3;

    /// <summary>Of the newest experiments, as many may not have ended.</summary>
    private const int Newest = 10;

    private static readonly string[][] Names =
    [
        ["Resting heart rate", "Recovery after stairs", "Morning pulse", "Breathing exercise"],
        ["Reaction after coffee", "Evening reaction", "Reaction, warm-up", "Reaction, tired"],
        ["Word list", "Picture recall", "Memory palace", "Recall after a nap"],
        ["Eyes closed", "Eyes open", "Meditation", "Mental arithmetic"],
    ];

    /// <summary>Draws experiments, oldest first.</summary>
    public IEnumerable<(Experiment Experiment, ExperimentResult? Result)> Experiments(int count)
    {
        var moments = Enumerable.Range(0, count).Select(_ => Moment()).Order().ToList();
        for (var index = 0; index < count; index++)
        {
            yield return Draw(moments[index], mayBeOpen: index >= count - Newest);
        }
    }

    private (Experiment, ExperimentResult?) Draw(DateTime at, bool mayBeOpen)
    {
        var type = (ExperimentType)Below(4);
        var names = Names[(int)type];
        var experiment = Experiment.Start(Guid.CreateVersion7(at), userId, names[Below(names.Length)], Parameters(type), at);
        if (mayBeOpen && random.NextDouble() < OpenShare)
        {
            return (experiment, null);
        }

        if (random.NextDouble() < FailedShare)
        {
            experiment.Fail(at);
            return (experiment, null);
        }

        var result = ExperimentRunner.Run(experiment, Guid.CreateVersion7(at), random, at);
        experiment.Complete(at);
        return (experiment, result);
    }

    private ExperimentParameters Parameters(ExperimentType type) => type switch
    {
        ExperimentType.HeartRate => new HeartRateParameters(Between(1, 5), Between(55, 95)),
        ExperimentType.ReactionTime => new ReactionTimeParameters(Between(5, 30), (StimulusType)Below(2)),
        ExperimentType.Memory => new MemoryParameters(Between(5, 20), (MemoryTestType)Below(3)),
        _ => new EegParameters(Between(1, 3), 128),
    };

    /// <summary>Some moment of the time, cut to microseconds like every stored time; a moment of the night is drawn again once.</summary>
    private DateTime Moment()
    {
        var at = Any();
        return at.Hour is >= 7 and < 22 ? at : Any();

        DateTime Any()
        {
            var ticks = (long)(random.NextDouble() * (now - first).Ticks);
            return first.AddTicks(ticks - (ticks % TimeSpan.TicksPerMicrosecond));
        }
    }

    private int Below(int bound) => (int)(random.NextDouble() * bound);

    private int Between(int least, int most) => least + Below(most - least + 1);
}
