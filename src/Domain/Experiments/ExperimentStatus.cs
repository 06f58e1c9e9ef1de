namespace NeuroLab.Domain.Experiments;

/// <summary>Where an experiment stands. Stored and sent by its snake_case name.</summary>
public enum ExperimentStatus
{
    /// <summary>Created, not started.</summary>
    Pending,

    /// <summary>Being run.</summary>
    Running,

    /// <summary>Finished, with results.</summary>
    Completed,

    /// <summary>Ended by an error; it has no results.</summary>
    Failed,
}
