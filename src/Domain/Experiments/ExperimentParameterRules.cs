namespace NeuroLab.Domain.Experiments;

/// <summary>The parameters of each type: their defaults and bounds, and how they are made from what a client sent. Thread-safe.</summary>
public static class ExperimentParameterRules
{
    private static readonly NumberRule HeartRateDuration = new("duration_minutes", 5, 1, 60);
    private static readonly NumberRule BaselineBpm = new("baseline_bpm", 75, 40, 200);
    private static readonly NumberRule Trials = new("trials", 10, 5, 50);
    private static readonly ChoiceRule Stimulus = new("stimulus_type", ExperimentNames.StimulusTypes);
    private static readonly NumberRule ItemsCount = new("items_count", 10, 5, 30);
    private static readonly ChoiceRule MemoryTest = new("test_type", ExperimentNames.MemoryTestTypes);
    private static readonly NumberRule EegDuration = new("duration_minutes", 2, 1, 30);
    private static readonly NumberRule SamplingRate = new("sampling_rate", 256, 128, 1024);

    private static readonly ParameterRule[][] Rules =
    [
        [HeartRateDuration, BaselineBpm],
        [Trials, Stimulus],
        [ItemsCount, MemoryTest],
        [EegDuration, SamplingRate],
    ];

    /// <summary>The rules of a type's parameters.</summary>
    public static IReadOnlyList<ParameterRule> For(ExperimentType type) => Rules[(int)type];

    /// <summary>Makes the parameters of a type. What is not given takes its default; what is not known is refused.</summary>
    /// <param name="type">The type.</param>
    /// <param name="values">Name to value: a <see cref="long"/> for a whole number, a <see cref="string"/> for a word, anything else is refused. Null: every default.</param>
    public static ParametersOutcome Create(ExperimentType type, IReadOnlyDictionary<string, object?>? values)
    {
        var reader = new Reader(type, values ?? new Dictionary<string, object?>());
        ExperimentParameters parameters = type switch
        {
            ExperimentType.HeartRate => new HeartRateParameters(reader.Number(HeartRateDuration), reader.Number(BaselineBpm)),
            ExperimentType.ReactionTime => new ReactionTimeParameters(reader.Number(Trials), ExperimentNames.ParseStimulusType(reader.Choice(Stimulus))),
            ExperimentType.Memory => new MemoryParameters(reader.Number(ItemsCount), ExperimentNames.ParseMemoryTestType(reader.Choice(MemoryTest))),
            ExperimentType.Eeg => new EegParameters(reader.Number(EegDuration), reader.Number(SamplingRate)),
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };
        return new ParametersOutcome(reader.Errors.Count == 0 ? parameters : null, reader.Errors);
    }

    private sealed class Reader
    {
        private readonly IReadOnlyDictionary<string, object?> _values;

        public Reader(ExperimentType type, IReadOnlyDictionary<string, object?> values)
        {
            _values = values;
            var known = For(type).Select(rule => rule.Name).ToList();
            foreach (var name in values.Keys.Where(name => !known.Contains(name)))
            {
                Errors[Field(name)] = $"Unknown parameter: {ExperimentNames.Of(type)} takes {string.Join(" and ", known)}.";
            }
        }

        public Dictionary<string, string> Errors { get; } = new(StringComparer.Ordinal);

        public int Number(NumberRule rule)
        {
            if (!_values.TryGetValue(rule.Name, out var value))
            {
                return rule.Default;
            }

            if (value is long number && number >= rule.Minimum && number <= rule.Maximum)
            {
                return (int)number;
            }

            Errors[Field(rule.Name)] = rule.Requirement;
            return rule.Default;
        }

        public string Choice(ChoiceRule rule)
        {
            if (!_values.TryGetValue(rule.Name, out var value))
            {
                return rule.Choices[0];
            }

            if (value is string text && rule.Choices.Contains(text))
            {
                return text;
            }

            Errors[Field(rule.Name)] = rule.Requirement;
            return rule.Choices[0];
        }

        private static string Field(string name) => "parameters." + name;
    }
}
