namespace NeuroLab.UnitTests.Caching.Model;

/// <summary>
/// What the model must find. The engine has no switch for any of them: each lies in what stands around it, where it has the effect of the bug.
/// </summary>
public enum PlantedBug
{
    None,

    /// <summary>The origin is read first and the lease is taken afterwards.</summary>
    LeaseAfterLoad,

    /// <summary>A value gets the lease of the moment in which it is stored.</summary>
    LeaseOfTheStore,

    /// <summary>A reader's position is the last number that it saw.</summary>
    PositionFromIds,

    /// <summary>Trust counts from the moment in which the journal's reply came.</summary>
    TrustedFromReply,

    /// <summary>Copies are called fresh however long ago the journal was read.</summary>
    NoTrustCheck,

    /// <summary>A load is joined whatever was written since.</summary>
    JoinAnyFlight,

    /// <summary>The token of a write is not looked at.</summary>
    TokenIgnored,

    /// <summary>A value set by hand is stored with the position of the set.</summary>
    SetWithoutLease,

    /// <summary>A forced read may be answered from the cache.</summary>
    ForceIgnored,

    /// <summary>When a load takes long, the last value is served although a write has overtaken it.</summary>
    SoftTimeoutServesInvalidated,

    /// <summary>A value from the shared tier counts as new.</summary>
    PromotionWithoutAge,

    /// <summary>A stale copy is served past its window.</summary>
    StaleWindowIgnored,

    /// <summary>A stale copy is served to who forbids it.</summary>
    StaleAgainstPolicy,

    /// <summary>A partial answer is taken for a complete one.</summary>
    PartialAsComplete,

    /// <summary>A reading that could not take every record does not say so.</summary>
    FloorOmitted,

    /// <summary>Records are deleted while entries live that they overtake.</summary>
    RetentionTooShort,

    /// <summary>A glob matches nothing.</summary>
    GlobNotMatched,

    /// <summary>A tag matches nothing.</summary>
    TagNotMatched,

    /// <summary>A purge is taken for an invalidation.</summary>
    PurgeServedAsStale,

    /// <summary>Everyone loads for himself.</summary>
    NoSingleFlight,
}
