namespace NeuroLab.Domain.Experiments;

/// <summary>The snake_case names by which the values of the experiments' enumerations are stored and sent. Compared exactly. Thread-safe.</summary>
public static class ExperimentNames
{
    private static readonly string[] TypeNames = ["heart_rate", "reaction_time", "memory", "eeg"];
    private static readonly string[] StatusNames = ["pending", "running", "completed", "failed"];
    private static readonly string[] StimulusNames = ["visual", "audio"];
    private static readonly string[] MemoryTestNames = ["visual", "verbal", "spatial"];

    /// <summary>Every type, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> Types { get; } = Array.AsReadOnly(TypeNames);

    /// <summary>Every status, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> Statuses { get; } = Array.AsReadOnly(StatusNames);

    /// <summary>Every stimulus, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> StimulusTypes { get; } = Array.AsReadOnly(StimulusNames);

    /// <summary>Every kind of memory test, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> MemoryTestTypes { get; } = Array.AsReadOnly(MemoryTestNames);

    /// <summary>The name of a type.</summary>
    public static string Of(ExperimentType type) => TypeNames[(int)type];

    /// <summary>The name of a status.</summary>
    public static string Of(ExperimentStatus status) => StatusNames[(int)status];

    /// <summary>The name of a stimulus.</summary>
    public static string Of(StimulusType stimulus) => StimulusNames[(int)stimulus];

    /// <summary>The name of a kind of memory test.</summary>
    public static string Of(MemoryTestType test) => MemoryTestNames[(int)test];

    /// <summary>Finds a type by its name.</summary>
    public static bool TryParse(string? name, out ExperimentType type)
    {
        var found = TryFind(TypeNames, name, out var index);
        type = (ExperimentType)index;
        return found;
    }

    /// <summary>Finds a status by its name.</summary>
    public static bool TryParse(string? name, out ExperimentStatus status)
    {
        var found = TryFind(StatusNames, name, out var index);
        status = (ExperimentStatus)index;
        return found;
    }

    /// <summary>Finds a stimulus by its name.</summary>
    public static bool TryParse(string? name, out StimulusType stimulus)
    {
        var found = TryFind(StimulusNames, name, out var index);
        stimulus = (StimulusType)index;
        return found;
    }

    /// <summary>Finds a kind of memory test by its name.</summary>
    public static bool TryParse(string? name, out MemoryTestType test)
    {
        var found = TryFind(MemoryTestNames, name, out var index);
        test = (MemoryTestType)index;
        return found;
    }

    /// <summary>The type with a name that is known to be right, such as a stored one.</summary>
    /// <exception cref="FormatException">There is no such type.</exception>
    public static ExperimentType ParseType(string name) => TryParse(name, out ExperimentType type) ? type : throw Unknown("type");

    /// <summary>The status with a name that is known to be right, such as a stored one.</summary>
    /// <exception cref="FormatException">There is no such status.</exception>
    public static ExperimentStatus ParseStatus(string name) => TryParse(name, out ExperimentStatus status) ? status : throw Unknown("status");

    /// <summary>The stimulus with a name that is known to be right, such as a stored one.</summary>
    /// <exception cref="FormatException">There is no such stimulus.</exception>
    public static StimulusType ParseStimulusType(string name) => TryParse(name, out StimulusType stimulus) ? stimulus : throw Unknown("stimulus type");

    /// <summary>The kind of memory test with a name that is known to be right, such as a stored one.</summary>
    /// <exception cref="FormatException">There is no such kind.</exception>
    public static MemoryTestType ParseMemoryTestType(string name) => TryParse(name, out MemoryTestType test) ? test : throw Unknown("memory test type");

    private static bool TryFind(string[] names, string? name, out int index)
    {
        index = Math.Max(0, Array.IndexOf(names, name));
        return names[index] == name;
    }

    private static FormatException Unknown(string what) => new($"This is not the name of an experiment's {what}.");
}
